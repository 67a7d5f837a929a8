import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { perItem, rowsPerChunk } from "./grid.ts";
import { materialise } from "./scale.ts";

export interface ChannelNormOptions {
  /** [C] */
  readonly weight: Tensor;
  /** [C] */
  readonly bias: Tensor;
  /** Applies max(., 0) to the output at no cost. Default false. */
  readonly relu?: boolean;
  /** Default 1e-5. */
  readonly eps?: number;
}

/**
 * Every step of x[B, C, T] standardised over its C channels, then scaled and shifted, with an optional ReLU: nothing of other steps or
 * sequences leaks in, as it does through a batch norm. The variance is the unbiased one, as in the CPC audio code.
 * @throws ShapeError unless x has three dimensions and two channels or more, and weight and bias one number a channel
 */
export function channelNorm(tape: Tape, x: Tensor, { weight, bias, relu = false, eps = 1e-5 }: ChannelNormOptions): Tensor {
  const [B = 0, C = 0, T = 0] = x.shape;
  if (x.shape.length !== 3 || C < 2) throw new ShapeError(`channelNorm: expected [B, C, T] with C of 2 or more, got [${x.shape}]`);
  for (const { shape } of [weight, bias])
    if (shape.join() !== String(C)) throw new ShapeError(`channelNorm: weight and bias: expected [${C}] for [${x.shape}], got [${shape}]`);
  const y = tape.tensor(x.shape, "f32", "channelNorm");
  const stats = tape.tensor([B, T, 2], "f32", "channelNorm statistics");
  const overrides = { RELU: relu ? 1 : 0 };
  const [kernel, grid] =
    T % 4 === 0 ? ([kernels.channelNormFours, fours(B * T)] as const) : ([kernels.channelNorm, perItem(B * T)] as const);
  tape.launch(kernel, { x, weight, bias, y, stats }, { B, C, T, eps }, grid, { overrides, flops: 8 * x.size });
  return tape.record(y, [x, weight, bias], (dy) => {
    const saved = { x, y, stats, g: materialise(tape, dy) };
    return [x.requiresGrad ? inputGradient(tape, saved, weight, overrides) : null, ...weightGradients(tape, saved, overrides)];
  });
}

/** Workgroups of the kernels that do four steps an invocation: small ones, or short sequences would leave cores idle. */
const fours = (steps: number): [number] => [Math.ceil(steps / 64)];

interface Saved {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly stats: Tensor;
  readonly g: Tensor;
}

function inputGradient(tape: Tape, saved: Saved, weight: Tensor, overrides: { readonly RELU: number }): Tensor {
  const [B = 0, C = 0, T = 0] = saved.x.shape;
  const dx = tape.tensor(saved.x.shape, "f32", "d channelNorm");
  const [kernel, grid] =
    T % 4 === 0 ? ([kernels.channelNormDxFours, fours(B * T)] as const) : ([kernels.channelNormDx, perItem(B * T)] as const);
  tape.launch(kernel, { ...saved, weight, dx }, { B, C, T }, grid, { overrides, flops: 12 * dx.size });
  return dx;
}

function weightGradients(tape: Tape, saved: Saved, overrides: { readonly RELU: number }): [Tensor, Tensor] {
  const [B = 0, C = 0, T = 0] = saved.x.shape;
  const rows = rowsPerChunk(B, C);
  const S = Math.ceil(B / rows);
  const part = tape.tensor([S, 2, C], "f32", "d channelNorm parts");
  const [kernel, WG] = T % 4 === 0 ? [kernels.channelNormDwFours, 16] : [kernels.channelNormDwPartial, 64];
  const grid = [Math.ceil((S * C) / WG)];
  tape.launch(kernel, { ...saved, part }, { B, C, T, rows }, grid, { overrides, flops: 5 * saved.x.size });
  const [dgamma, dbeta] = [tape.tensor([C], "f32", "d channelNorm weight"), tape.tensor([C], "f32", "d channelNorm bias")];
  tape.launch(kernels.batchNormDw, { part, dgamma, dbeta }, { S, C }, perItem(C), { flops: part.size });
  return [dgamma, dbeta];
}
