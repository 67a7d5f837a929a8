import type { Tape } from "../autograd.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";

/**
 * What a prediction is told from, beside its own target. `batch`: the frames of the same time in other sequences. `all`: every other
 * frame of the batch. `sequence`: other frames of the same sequence. `others`: frames of other sequences. `speaker`: other frames of
 * sequences of the same group, its own included. `speaker-others`: frames of other sequences of the same group.
 */
export type NegativeScope = "batch" | "all" | "sequence" | "others" | "speaker" | "speaker-others";

/** One recording of `infoNce`: everything that its launches share. */
export interface Prediction {
  /** [B, T, Q, D], Q = S or 1 */
  readonly q: Tensor;
  /** [B, T, D] */
  readonly z: Tensor;
  /** Sequences, frames, steps ahead, size of a latent. */
  readonly B: number;
  readonly T: number;
  readonly S: number;
  readonly D: number;
  /** Steps ahead that have a prediction of their own: S, or 1 when all share one. */
  readonly Q: number;
  readonly skip: number;
  /** Frames from one step ahead to the next. */
  readonly stride: number;
  /** Frames that predict: those before `limit`. */
  readonly limit: number;
  /** Scores are sums of products times this. */
  readonly alpha: number;
  readonly scope: NegativeScope;
  readonly keepPositive: boolean;
  readonly groups: Operand;
  readonly episodes: Operand;
  /** What counts, as overrides of the kernels: whether there are episodes; same group only; frames of the same sequence. */
  readonly rules: { readonly EPISODES: 0 | 1; readonly GROUPED: 0 | 1; readonly OWN: 0 | 1 };
  /** f32[2 S]: predictions of each step ahead, and what each weighs. */
  readonly tally: Tensor;
  /** f32[S, B T, 4] of cpc_softmax. */
  readonly terms: Tensor;
  readonly gradients: boolean;
  /** Most bytes of scores at a time. */
  readonly scoreBytes: number;
}

export interface PredictionGradients {
  /** [B, T, Q, D] */
  readonly dq: Tensor;
  /** [B, T, D] */
  readonly dz: Tensor;
}

/** Scores of K steps ahead from k0 on: N candidates of M anchors, from m0 on, in each of G groups whose first rows lie `span` apart. */
export type SoftmaxShape = {
  readonly K: number;
  readonly G: number;
  readonly M: number;
  readonly N: number;
  readonly span: number;
  readonly k0: number;
  readonly m0: number;
};

export const tensors = (tape: Tape, { q, z }: Pick<Prediction, "q" | "z">): PredictionGradients => ({
  dq: tape.tensor(q.shape, "f32", "d predictions"),
  dz: tape.tensor(z.shape, "f32", "d latents"),
});
