import type { TrainTest } from "../data/mnist.ts";
import type { SoundTrainTest } from "../data/sound.ts";
import type { TextTrainTest } from "../data/text/texts.ts";
import type { KnnScore } from "../evaluate/knn.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Plan } from "../gpu/plan.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Place } from "../nn/named.ts";
import type { Parameters } from "../nn/parameters.ts";
import type { Objective } from "../objectives/objective.ts";
import type { Ledger } from "../ops/ledger.ts";
import type { Optimiser } from "../optim/optimiser.ts";
import type { State } from "./checkpoint.ts";
import type { TrainConfig } from "./config.ts";
import type { Baseline, EvaluateEvent, StepEvent } from "./events.ts";
import type { Picture } from "./picture.ts";
import { Session } from "./session.ts";

/** What can be trained on: a part to learn from and one that is held out. */
export type RunData = TrainTest | SoundTrainTest | TextTrainTest;

export const isSound = (data: RunData): data is SoundTrainTest => "rate" in data.train;
const isText = (data: RunData): data is TextTrainTest => "documents" in data.train;

/** What the loop asks of a run, whatever its data: `Session` of images, `SoundSession`, `TextSession`. */
export interface RunSession {
  readonly gpu: Gpu;
  readonly config: TrainConfig;
  readonly data: { readonly [part in "train" | "test"]: { readonly fingerprint: string } };
  /** Samples of each part. */
  readonly counts: { readonly train: number; readonly test: number };
  /** What people call a sample; left out: image. */
  readonly unit?: string;
  /** Of text: the words that it tells apart. A checkpoint keeps them. */
  readonly vocabulary?: readonly string[];
  readonly loader: { readonly stepsPerEpoch: number };
  readonly steps: number;
  readonly rate: (step: number) => number;
  /** The step, recorded once. */
  readonly plan: Plan;
  readonly ledger: Ledger;
  readonly objective: Objective;
  /** Appends a step to the device's queue. */
  step(step: number): Promise<void>;
  /** What must be done before the first step. */
  prepare(): Promise<void>;
  /** Every tensor that a checkpoint holds. */
  state(): State;
  /** Loads what measures this run's encoder. */
  appraiser(): Promise<RunAppraiser>;
  close(): void;
}

/** How neighbours vote: every k with every temperature. */
export interface Votes {
  readonly ks: readonly number[];
  readonly temperatures: readonly number[];
}

export interface Appraisal {
  readonly evaluation: EvaluateEvent;
  readonly picture: Picture;
  /** In words, when the features collapse. */
  readonly warnings: readonly string[];
  /** kNN with every setting asked for, k by k; empty without labels. */
  readonly scores: readonly KnnScore[];
}

/** Measures an encoder while it learns; never touches what training remembers. */
export interface RunAppraiser {
  /** What the encoder, as it is before its first step, and the plain data manage. Null without labels. */
  baseline(): Promise<Baseline | null>;
  /** @param last the last training step, if there was one   @param votes default: the config's. Given, all is measured that there is */
  appraise(step: number, last: StepEvent | undefined, votes?: Votes): Promise<Appraisal>;
  close(): void;
}

/**
 * Builds and records the run that the data call for; allocates nothing.
 * @param vocabulary of a run on text that goes on; default: that of the training documents
 * @throws UsageError, ShapeError, OutOfGpuMemoryError
 */
export async function openSession(gpu: Gpu, config: TrainConfig, data: RunData, vocabulary?: readonly string[]): Promise<RunSession> {
  // An app that trains on images downloads none of the others.
  if (isText(data)) return (await import("./text_session.ts")).TextSession.create(gpu, config, data, vocabulary);
  if (isSound(data)) return (await import("./sound_session.ts")).SoundSession.create(gpu, config, data);
  return Session.create(gpu, config, data);
}

/** What a checkpoint holds: `encoder.*` with PyTorch's names, `optimiser.*` (`momentum`, or `mean` and `variance`), and the objective's own. */
export function stateOf(parameters: Parameters, optimiser: Optimiser, objective: Objective): State {
  const operands = (prefix: string, places: ReadonlyMap<string, Place>) =>
    [...places].map(([name, { shape, slot }]): [string, Operand] => [`${prefix}.${name}`, { shape, slot, dtype: "f32" }]);
  return new Map([
    ...operands("encoder", parameters.named()),
    ...operands("optimiser", optimiser.named()),
    ...Object.entries(objective.state()),
  ]);
}
