import type { SoundDataset, SoundTrainTest } from "../data/sound.ts";
import { readWindow, type WindowConfig, WindowLoader, type WindowStep, windowConfig } from "../data/windows.ts";
import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { Plan } from "../gpu/plan.ts";
import type { TypedArray } from "../gpu/readback.ts";
import type { Operand } from "../gpu/slot.ts";
import type { SoundEncoder } from "../nn/encoders/sound.ts";
import { Parameters } from "../nn/parameters.ts";
import type { Cpc } from "../objectives/cpc.ts";
import { Ledger } from "../ops/ledger.ts";
import { loadOptimiser, type MakeOptimiser } from "../optim/make.ts";
import type { Optimiser } from "../optim/optimiser.ts";
import { schedule } from "../optim/schedule.ts";
import { Tensor } from "../tensor.ts";
import type { State } from "./checkpoint.ts";
import type { TrainConfig } from "./config.ts";
import { loadSoundParts, type SoundParts } from "./parts.ts";
import { recordStep } from "./record.ts";
import { type RunAppraiser, type RunSession, stateOf } from "./run_session.ts";
import { LEDGER_ROWS, scheduleOf } from "./session.ts";

/** As `Batch.episodes` marks frames that do not exist: those of the silence after a short clip. */
const NO_FRAME = 0xffffffff;

/** A sound encoder with its parameters: all that is needed to embed sounds. */
export interface SoundModel {
  readonly parameters: Parameters;
  readonly encoder: SoundEncoder;
}

/** The encoder that a config describes, with its start values. @param rate samples per second of the sound @throws UsageError */
export function makeSoundModel(
  gpu: Gpu,
  { encoder: { name: _, ...options }, view, seed }: Pick<TrainConfig, "encoder" | "view" | "seed">,
  makeEncoder: SoundParts["makeEncoder"],
  rate: number,
): SoundModel {
  const parameters = new Parameters(gpu, seed);
  return { parameters, encoder: makeEncoder(parameters, { rate, ...options, samples: windowConfig(view).samples }) };
}

/** What the host fills in at every step. */
export interface StepInputs {
  /** f32[B, samples] */
  readonly windows: Operand;
  /** u32[B], where negatives are chosen by who speaks. */
  readonly groups: Operand | undefined;
  /** u32[B, T], where windows can be longer than clips. */
  readonly episodes: Operand | undefined;
}

/** What a step on sound is made of. */
export interface SoundStepParts {
  /** Windows a step. */
  readonly batch: number;
  /** Whether a window can be longer than its clip. */
  readonly padded: boolean;
  readonly objective: Cpc;
  readonly model: SoundModel;
  readonly optimiser: Optimiser;
  readonly ledger?: Ledger | undefined;
}

/** Records one training step on windows that the host fills in. */
export function recordSoundStep(plan: Plan, { batch, padded, objective, model, optimiser, ledger }: SoundStepParts): StepInputs {
  const { parameters, encoder } = model;
  const windows = plan.input("windows", [batch, encoder.config.samples]);
  const groups = objective.choices.negatives.startsWith("speaker") ? plan.input("speakers", [batch], "u32") : undefined;
  const episodes = padded ? plan.input("episodes", [batch, encoder.frames], "u32") : undefined;
  recordStep(plan, {
    ...{ objective, parameters, optimiser, ledger },
    index: [plan.input("index", [batch], "u32")], // nothing is remembered of a sample
    views: () => [new Tensor(windows.slot, windows.shape)],
    told: { groups, episodes },
  });
  return { windows, groups, episodes };
}

type Written = readonly (readonly [Operand, TypedArray])[];

/** Everything that a run of contrastive prediction on sound holds, and its step, recorded once. Windows are cut on the host, a step ahead. */
export class SoundSession implements RunSession {
  readonly unit = "clip";
  readonly counts: { readonly train: number; readonly test: number };
  readonly window: WindowConfig;
  readonly loader: WindowLoader;
  readonly steps: number;
  readonly rate: (step: number) => number;
  readonly model: SoundModel;
  readonly objective: Cpc;
  readonly ledger: Ledger;
  readonly plan: Plan;
  readonly #optimiser: Optimiser;
  readonly #speakers: Uint32Array | undefined;
  readonly #inputs: StepInputs;
  #next: { readonly step: number; readonly inputs: Promise<Written> } | undefined;

  /** Loads, builds and records; allocates nothing. @throws UsageError, ShapeError, OutOfGpuMemoryError */
  static async create(gpu: Gpu, config: TrainConfig, data: SoundTrainTest): Promise<SoundSession> {
    return new SoundSession(gpu, config, data, await loadSoundParts(config), await loadOptimiser(config.optimiser));
  }

  private constructor(
    readonly gpu: Gpu,
    readonly config: TrainConfig,
    readonly data: SoundTrainTest,
    { makeEncoder, makeObjective }: SoundParts,
    makeOptimiser: MakeOptimiser,
  ) {
    const { batch, accumulate, seed, epochs } = config;
    this.window = windowConfig(config.view);
    this.counts = { train: data.train.lengths.length, test: data.test.lengths.length };
    this.#speakers = speakersOf(data.train, this.window, String(config.objective.negatives ?? ""));
    this.loader = makeLoader(data.train, this.window, { batch, seed, speakers: this.#speakers });
    this.steps = epochs * this.loader.stepsPerEpoch;
    this.rate = schedule(scheduleOf(config, this.steps), this.loader.stepsPerEpoch);
    this.model = makeSoundModel(gpu, config, makeEncoder, data.train.rate);
    const { parameters, encoder } = this.model;
    this.objective = makeObjective(config, parameters, encoder);
    if (accumulate > 1) throw new UsageError(`accumulate: cpc cannot: ${this.objective.accumulates}`);
    this.#optimiser = makeOptimiser(parameters, config.optimiser);
    this.ledger = new Ledger(gpu, LEDGER_ROWS);
    this.plan = new Plan(gpu, "training step");
    const padded = this.window.short === "pad" && data.train.lengths.some((length) => length < this.window.samples);
    const { objective, model, ledger } = this;
    this.#inputs = recordSoundStep(this.plan, { batch, padded, objective, model, optimiser: this.#optimiser, ledger });
  }

  /** Appends a step to the device's queue; waits only until the one before the last is done. The next step's windows are cut meanwhile. */
  async step(step: number): Promise<void> {
    const { epoch } = this.loader.at(step);
    const inputs = await this.#cut(step);
    this.plan.run({ seed: this.config.seed, step, epoch, rate: this.rate(step) }, inputs);
    if (step + 1 < this.steps) this.#cut(step + 1).catch(() => {}); // whoever runs that step will hear of it
    await this.plan.pace(1);
  }

  #cut(step: number): Promise<Written> {
    if (this.#next?.step !== step) this.#next = { step, inputs: this.#inputsOf(this.loader.at(step)) };
    return this.#next.inputs;
  }

  async #inputsOf({ clips, starts }: WindowStep): Promise<Written> {
    const { data, window, model } = this;
    const { windows, groups, episodes } = this.#inputs;
    const { samples } = window;
    const sound = new Float32Array(clips.length * samples);
    const cut = Array.from(clips, async (clip, i) => sound.set(await readWindow(data.train, clip, starts[i] ?? 0, window), i * samples));
    await Promise.all(cut);
    const T = model.encoder.frames;
    const frames = Array.from(clips, (clip) => model.encoder.framesOf(data.train.lengths[clip] ?? 0));
    return [
      [windows, sound],
      ...(groups ? [[groups, clips.map((clip) => this.#speakers?.[clip] ?? 0)] as const] : []),
      ...(episodes
        ? [
            [
              episodes,
              Uint32Array.from({ length: clips.length * T }, (_, i) => (i % T < (frames[Math.floor(i / T)] ?? 0) ? 0 : NO_FRAME)),
            ] as const,
          ]
        : []),
    ];
  }

  async prepare(): Promise<void> {}

  state(): State {
    return stateOf(this.model.parameters, this.#optimiser, this.objective);
  }

  async appraiser(): Promise<RunAppraiser> {
    const [{ SequenceAppraiser }, { soundParts }] = await Promise.all([import("./sequence_appraise.ts"), import("./sound_appraise.ts")]);
    return new SequenceAppraiser(this, soundParts(this));
  }

  close(): void {
    this.plan.close();
    this.ledger.destroy();
    this.#optimiser.destroy();
    this.model.parameters.destroy();
  }
}

/** Who speaks in each clip, where batches or negatives ask for it. @throws UsageError when the data do not say */
function speakersOf({ name, labels }: SoundDataset, { batches, speaker }: WindowConfig, negatives: string): Uint32Array | undefined {
  if (!negatives.startsWith("speaker") && batches !== "speaker") return undefined;
  if (negatives === "speaker-others" && batches === "mixed")
    throw new UsageError(
      'negatives "speaker-others" need another window of the same speaker: take batches of one speaker (batches in view)',
    );
  const found = labels[speaker];
  if (found) return found.ids;
  const why = batches === "speaker" ? "batches of one speaker" : `negatives "${negatives}"`;
  const known = Object.keys(labels);
  throw new UsageError(
    `${why}: ${name} does not say who speaks: expected labels called ${JSON.stringify(speaker)}, found ${known.join(", ") || "none"}. ` +
      'Name others with speaker in view, or take negatives "all" or "sequence"',
  );
}

/** @throws UsageError where clips are too short for what the config says */
function makeLoader(
  { name, lengths, clipNames }: SoundDataset,
  { samples, short, batches }: WindowConfig,
  { batch, seed, speakers }: { readonly batch: number; readonly seed: number; readonly speakers: Uint32Array | undefined },
): WindowLoader {
  const under = Array.from(lengths.keys()).filter((clip) => (lengths[clip] ?? 0) < samples);
  const [first = 0] = under;
  const shortest = lengths.reduce((least, length) => Math.min(least, length), Number.POSITIVE_INFINITY);
  if (short === "refuse" && under.length > 0)
    throw new UsageError(
      `view: ${under.length} of ${lengths.length} clips of ${name} are shorter than a window of ${samples} samples (${clipNames[first]} has ` +
        `${lengths[first]}). Take windows of at most ${shortest}, or short: "pad" or "skip"`,
    );
  if (short === "skip" && under.length === lengths.length)
    throw new UsageError(
      `view: every clip of ${name} is shorter than a window of ${samples} samples. Take shorter windows, or short: "pad"`,
    );
  const mine = batches === "mixed" ? undefined : speakers;
  return new WindowLoader({ lengths, samples, batch, seed, speakers: mine, ...(short === "skip" && { without: new Set(under) }) });
}
