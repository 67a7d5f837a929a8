import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Encoder } from "../nn/encoder.ts";
import type { SoundEncoder } from "../nn/encoders/sound.ts";
import type { Parameters } from "../nn/parameters.ts";
import type { Cpc } from "../objectives/cpc.ts";
import type { Encode, Objective } from "../objectives/objective.ts";
import type { TrainConfig } from "./config.ts";

/** An encoder of images of a given size; the other options are the config's. */
export type MakeEncoder = (parameters: Parameters, options: object) => Encoder;
/** The objective that a config describes, over `rows` training samples. */
export type MakeObjective = (gpu: Gpu, config: TrainConfig, rows: number, encoder: Encoder) => Objective;

/** The parts of a run that its config names. */
export interface Parts {
  readonly makeEncoder: MakeEncoder;
  readonly makeObjective: MakeObjective;
}

/**
 * Loads what a config names, and nothing else: an app pays for the objective and the encoder that it trains with, kernels included.
 * Every objective and encoder is complete in its own file; these two functions are the lists of them.
 * @throws UsageError for a name that there is not
 */
export async function loadParts({ encoder, objective }: TrainConfig): Promise<Parts> {
  const [makeEncoder, makeObjective] = await Promise.all([loadEncoder(encoder.name), loadObjective(objective.name)]);
  return { makeEncoder, makeObjective };
}

/** The parts of a run on sound: one objective, one encoder. */
export interface SoundParts {
  readonly makeEncoder: (parameters: Parameters, options: object) => SoundEncoder;
  readonly makeObjective: (config: TrainConfig, parameters: Parameters, encoder: SoundEncoder) => Cpc;
}

/** Loads what every run on sound is made of, kernels included. @throws UsageError for parts that are of images */
export async function loadSoundParts({ encoder, objective }: TrainConfig): Promise<SoundParts> {
  if (objective.name !== "cpc" || encoder.name !== "audio")
    throw new UsageError(`sounds are learned by cpc with the encoder audio, not by ${objective.name} with ${encoder.name}`);
  const [{ soundEncoder }, { Cpc }] = await Promise.all([import("../nn/encoders/sound.ts"), import("../objectives/cpc.ts")]);
  const makeObjective: SoundParts["makeObjective"] = ({ objective, batch }, parameters, { frames, dim, units, forward }) =>
    new Cpc({ parameters, batch, frames, latents: dim, context: units, encode: forward }, optionsOf(objective));
  return { makeEncoder: soundEncoder, makeObjective };
}

/** @throws UsageError */
export async function loadEncoder(name: string): Promise<MakeEncoder> {
  switch (name) {
    case "convnet":
      return (await import("../nn/encoders/conv_net.ts")).convNet;
    case "resnet18":
      return (await import("../nn/encoders/resnet.ts")).resNet18;
    default:
      throw new UsageError(`encoder: no encoder is called ${JSON.stringify(name)}`);
  }
}

/** @throws UsageError */
async function loadObjective(name: string): Promise<MakeObjective> {
  switch (name) {
    case "instdisc": {
      const { InstDisc } = await import("../objectives/instdisc.ts");
      return (gpu, { objective, seed }, rows, encoder) =>
        new InstDisc(gpu, { rows, dim: encoder.dim, encode: encodeBy(encoder), seed }, optionsOf(objective));
    }
    case "invaspread": {
      const { InvaSpread } = await import("../objectives/invaspread.ts");
      return (_, { objective, batch }, __, encoder) => new InvaSpread({ batch, encode: encodeBy(encoder) }, optionsOf(objective));
    }
    default:
      throw new UsageError(`objective: no objective is called ${JSON.stringify(name)}`);
  }
}

const encodeBy =
  (encoder: Encoder): Encode =>
  (tape, view) =>
    encoder.forward(tape, view);

const optionsOf = ({ name: _, ...options }: TrainConfig["objective"]): object => options;
