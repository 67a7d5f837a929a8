import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Encoder } from "../nn/encoder.ts";
import type { Parameters } from "../nn/parameters.ts";
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
