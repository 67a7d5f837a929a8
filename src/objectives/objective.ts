import type { Tape } from "../autograd.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";

/** What a step sees of the data: the same samples, once per view. */
export interface Batch {
  /** One tensor a view, sample by sample in the same order: images, or whatever the encoder takes. `Objective.views` of them. */
  readonly views: readonly Tensor[];
  /** u32[B]: identity of each sample in the data set, all different. It is the sample's row in a memory bank. */
  readonly index: Operand;
  /** u32[B, K]: row numbers to contrast with, instead of drawing them. Only objectives that sample from a bank look at it. */
  readonly negatives?: Operand;
  /** Number of the first sample within the step, where the step is made of several batches: draws depend on it. Default 0. */
  readonly first?: number;
  /** u32[B]: who or what each sample belongs to (a speaker). Only objectives that choose negatives by it look at it. */
  readonly groups?: Operand | undefined;
  /** u32[B, T]: the episode of each frame of a sequence; 0xffffffff where there is no frame. Only objectives of sequences look at it. */
  readonly episodes?: Operand | undefined;
}

/** Maps a view to unit features f32[B, D]. Part of the model, recorded on the tape. */
export type Encode = (tape: Tape, view: Tensor) => Tensor;

/** One recorded step. */
export interface ObjectiveStep {
  /** f32[1], what `tape.backward` starts from. */
  readonly loss: Tensor;
  /** Scalars f32[1] worth a curve, `loss` among them, by the name they have in `metrics.jsonl`. */
  readonly report: { readonly [name: string]: Tensor };
  /** Vectors f32[N] worth a curve for each entry, by name. */
  readonly series?: { readonly [name: string]: Tensor } | undefined;
  /** Features f32[B, D] of each view: for meters of collapse and for the curious. */
  readonly features: readonly Tensor[];
  /**
   * Records what must come after the gradients: bank writes, running averages. Call it once, after `tape.backward`; not calling it
   * leaves the objective's memory as it was (evaluation).
   */
  commit(): void;
}

/** A self-supervised method: what it contrasts with what. The encoder is its parameter, the training loop its caller. */
export interface Objective {
  /** As `--objective` names it. */
  readonly name: string;
  /** Views of every sample that a step wants. */
  readonly views: number;
  /**
   * Whether a step may be made of parts of its batch, gradients added up and `commit` called for all of them at the end: true where
   * every sample's loss depends on its own part only through what the step leaves alone; else the reason why not, for people.
   */
  readonly accumulates: true | string;
  /** Loss of an encoder that tells nothing apart: ln of the number of candidates for a softmax. Absent where there is no such level. */
  readonly chance?: number | undefined;
  /** Records forward and loss. */
  step(tape: Tape, batch: Batch): ObjectiveStep;
  /**
   * Records what one pass over all data must do before the first step (filling a bank with features); absent when there is nothing
   * to do. Not repeated after a resume.
   */
  readonly prepare?: ((tape: Tape, batch: Batch) => void) | undefined;
  /** Persistent memory that a checkpoint must hold, by name. */
  state(): { readonly [name: string]: Operand };
  /** Frees that memory. */
  destroy(): void;
}
