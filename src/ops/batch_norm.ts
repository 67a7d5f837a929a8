import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";
import { perItem, rowsPerChunk } from "./grid.ts";
import { materialise } from "./scale.ts";

export interface BatchNormOptions {
  /** State [C] of a store other than the parameters': written by a training plan, read by an evaluating one. */
  readonly runningMean: Operand;
  readonly runningVar: Operand;
  /** Scale and shift [C]; without them the output is standardised and nothing more (the standardised head). */
  readonly affine?: { readonly weight: Tensor; readonly bias: Tensor } | undefined;
  /** Applies max(., 0) to the output at no cost. Default false. */
  readonly relu?: boolean;
  /** Default 1e-5. */
  readonly eps?: number;
  /** Share of the new batch in the running statistics; default 0.1. */
  readonly momentum?: number;
}

/** Sizes that the kernels share: x is [B, C, P]. */
interface Sizes {
  readonly B: number;
  readonly C: number;
  readonly P: number;
}

/**
 * Batch normalisation of x[B, C, ...] over everything but C (Ioffe and Szegedy 2015; as torch.nn.BatchNorm: biased variance to
 * normalise, unbiased in the running statistics), with an optional ReLU. While training: batch statistics; otherwise the running ones.
 * @throws ShapeError when a statistic or parameter does not have C elements, or when training on one value per channel.
 */
export function batchNorm(tape: Tape, x: Tensor, options: BatchNormOptions): Tensor {
  const [B = 1, C = 1] = x.shape;
  const s: Sizes = { B, C, P: x.size / (B * C) };
  check(x, C, options);
  if (tape.training && B * s.P < 2) throw new ShapeError(`batchNorm: training needs more than one value per channel, got [${x.shape}]`);
  const coef = tape.training ? batchCoefficients(tape, x, s, options) : runningCoefficients(tape, s, options);
  const relu = options.relu ? 1 : 0;
  const y = tape.tensor(x.shape, x.dtype, "batchNorm");
  const L = lanes(s.P);
  tape.launch(kernels.batchNormApply, { x, coef, y }, { ...s, L, relu }, perItem(B * C * L), { flops: 3 * x.size });
  const parents = options.affine ? [x, options.affine.weight, options.affine.bias] : [x];
  return tape.record(y, parents, (dy) => backward(tape, x, coef, materialise(tape, dy), s, relu).slice(0, parents.length));
}

/** Lanes that walk a plane of P pixels together: a power of two, about eight pixels or more for each. */
const lanes = (P: number): number => (P >= 128 ? 16 : P >= 32 ? 4 : P >= 16 ? 2 : 1);

function check(x: Tensor, C: number, { runningMean, runningVar, affine }: BatchNormOptions): void {
  const named = { "running mean": runningMean, "running variance": runningVar, ...(affine ?? {}) };
  for (const [name, { shape }] of Object.entries(named)) {
    if (shape.join() !== String(C)) throw new ShapeError(`batchNorm: ${name} is [${shape}], the input [${x.shape}] needs [${C}]`);
  }
}

/** coef[4, C] = (mean, 1/std, scale, shift) of this batch; updates the running statistics. */
function batchCoefficients(tape: Tape, x: Tensor, { B, C, P }: Sizes, options: BatchNormOptions): Tensor {
  const rows = rowsPerChunk(B, C);
  const chunks = Math.ceil(B / rows);
  const mean = tape.tensor([chunks, C], "f32", "batchNorm means");
  const m2 = tape.tensor([chunks, C], "f32", "batchNorm deviations");
  tape.launch(kernels.batchNormPartial, { x, mean, m2 }, { B, C, P, rows }, perItem(chunks * C), { flops: 4 * x.size });
  const { runningMean, runningVar, affine, eps = 1e-5, momentum = 0.1 } = options;
  const coef = tape.tensor([4, C], "f32", "batchNorm coefficients");
  const operands = { mean, m2, coef, running_mean: runningMean, running_var: runningVar };
  const params = { B, C, P, rows, eps, momentum };
  if (affine) tape.launch(kernels.batchNormStatsAffine, { ...operands, gamma: affine.weight, beta: affine.bias }, params, perItem(C));
  else tape.launch(kernels.batchNormStats, operands, params, perItem(C));
  return coef;
}

function runningCoefficients(tape: Tape, { C }: Sizes, { runningMean, runningVar, affine, eps = 1e-5 }: BatchNormOptions): Tensor {
  const coef = tape.tensor([4, C], "f32", "batchNorm coefficients");
  const operands = { running_mean: runningMean, running_var: runningVar, coef };
  if (affine) tape.launch(kernels.batchNormRunningAffine, { ...operands, gamma: affine.weight, beta: affine.bias }, { C, eps }, perItem(C));
  else tape.launch(kernels.batchNormRunning, operands, { C, eps }, perItem(C));
  return coef;
}

/** Gradients of x, weight and bias. The last two are needed for the first, affine or not. */
function backward(tape: Tape, x: Tensor, coef: Tensor, g: Tensor, s: Sizes, relu: number): (Tensor | null)[] {
  const rows = rowsPerChunk(s.B, s.C);
  const S = Math.ceil(s.B / rows);
  const part = tape.tensor([S, 2, s.C], "f32", "d batchNorm parts");
  tape.launch(kernels.batchNormDwPartial, { x, coef, g, part }, { ...s, rows, relu }, perItem(S * s.C), { flops: 6 * x.size });
  const dgamma = tape.tensor([s.C], "f32", "d batchNorm weight");
  const dbeta = tape.tensor([s.C], "f32", "d batchNorm bias");
  tape.launch(kernels.batchNormDw, { part, dgamma, dbeta }, { S, C: s.C }, perItem(s.C), { flops: part.size });
  if (!x.requiresGrad) return [null, dgamma, dbeta];
  const dx = tape.tensor(x.shape, "f32", "d batchNorm");
  const L = lanes(s.P);
  tape.launch(kernels.batchNormDx, { x, coef, g, dgamma, dbeta, dx }, { ...s, L, relu }, perItem(s.B * s.C * L), { flops: 6 * x.size });
  return [dx, dgamma, dbeta];
}
