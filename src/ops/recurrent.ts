import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import { elements, type Operand } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";
import { channelSum } from "./bias.ts";
import { linear, matmul } from "./matmul.ts";
import { reshape } from "./reshape.ts";
import { materialise } from "./scale.ts";

/** Parameters of one recurrent layer in PyTorch's names, layouts and gate order; G gates: r, z, n (GRU) or i, f, g, o (LSTM). */
export interface RecurrentWeights {
  /** [G H, I] */
  readonly weightInput: Tensor;
  /** [G H, H] */
  readonly weightHidden: Tensor;
  /** [G H] */
  readonly biasInput: Tensor;
  /** [G H] */
  readonly biasHidden: Tensor;
}

/** What an LSTM carries from step to step. */
export interface LstmState {
  /** [B, H] */
  readonly h: Tensor;
  /** [B, H] */
  readonly c: Tensor;
}

/** Sizes that the kernels share. */
interface Sizes {
  readonly B: number;
  readonly T: number;
  readonly H: number;
}

/**
 * A GRU as torch.nn.GRU (batch_first, one layer): x[B, T, I] -> states of all steps [B, T, H]. The last one is `frame(y, -1)`.
 * Three launches forward and eight back, whatever T is: the inputs' projections are one matrix product, the recurrence one launch.
 * @param h0 [B, H], the state before the first step; default 0
 * @param keep f32[B, T], what is left of the state that a step starts from: 0 where a new episode begins, else 1. Carries no gradient
 * @throws ShapeError when sizes do not match
 */
export function gru(tape: Tape, x: Tensor, weights: RecurrentWeights, h0?: Tensor, keep?: Operand): Tensor {
  const s = sizes("gru", x, weights, 3, { h0 });
  if (keep && keep.shape.join() !== [s.B, s.T].join()) throw new ShapeError(`gru: keep is [${keep.shape}], expected [${s.B},${s.T}]`);
  const { weightHidden: w, biasHidden: bias } = weights;
  const gates = project(tape, x, weights);
  const [before, y] = [series(tape, s, "gru states before"), series(tape, s, "gru")];
  const KEEP = keep ? 1 : 0;
  const E = KEEP * s.B * s.T;
  const m = tape.tensor([y.size + E], "f32", "gru products");
  const [start, stays] = [h0 ?? bias, keep ?? bias]; // any operand will do where there is none
  const options = { overrides: { WG: lanes(s.H, 2), STATE: h0 ? 1 : 0, KEEP }, flops: 6 * y.size * s.H };
  const params = { ...s, L: start.size, K: elements(stays.shape), E };
  tape.launch(kernels.gru, { w, bias, h0: start, keep: stays, gates, m, before, y }, params, groups(s), options);
  return tape.record(y, [gates, w, bias, ...(h0 ? [h0] : [])], (gradient) => {
    const dy = materialise(tape, gradient);
    const [di, du] = [tape.tensor(gates.shape, "f32", "d gru gates"), tape.tensor(gates.shape, "f32", "d gru products")];
    const dh = tape.tensor([s.B, s.H], "f32", "d gru state");
    const options = { overrides: { WG: lanes(s.H, 4), KEEP }, flops: 6 * y.size * s.H };
    tape.launch(kernels.gruDx, { w, gates, m, before, dy, di, du, dh }, { ...s, E }, groups(s), options);
    return [di, ...hiddenGradients(tape, du, before, s), ...(h0 ? [dh] : [])];
  });
}

/**
 * An LSTM as torch.nn.LSTM (batch_first, one layer): x[B, T, I] -> states h of all steps [B, T, H], and the cells c beside them.
 * Three launches forward and eight back, whatever T is. `cells` carries no gradient: it is there to go on from where a window ended.
 * @param state before the first step; default 0
 * @throws ShapeError when sizes do not match
 */
export function lstm(tape: Tape, x: Tensor, weights: RecurrentWeights, state?: LstmState): { readonly y: Tensor; readonly cells: Tensor } {
  const s = sizes("lstm", x, weights, 4, { h0: state?.h, c0: state?.c });
  const { weightHidden: w, biasHidden: bias } = weights;
  const gates = project(tape, x, weights);
  const [cell, before, y] = [series(tape, s, "lstm cells"), series(tape, s, "lstm states before"), series(tape, s, "lstm")];
  const { h: h0, c: c0 } = state ?? { h: bias, c: bias }; // any operand will do where there is no state
  const params = { ...s, L: c0.size };
  const STATE = state ? 1 : 0;
  const options = { overrides: { WG: lanes(s.H, 2), STATE }, flops: 8 * y.size * s.H };
  tape.launch(kernels.lstm, { w, bias, h0, c0, gates, cell, before, y }, params, groups(s), options);
  tape.record(y, [gates, w, bias, ...(state ? [h0, c0] : [])], (gradient) => {
    const dy = materialise(tape, gradient);
    const da = tape.tensor(gates.shape, "f32", "d lstm gates");
    const [dh, dc] = [tape.tensor([s.B, s.H], "f32", "d lstm state"), tape.tensor([s.B, s.H], "f32", "d lstm cell")];
    const options = { overrides: { WG: lanes(s.H, 4), STATE }, flops: 8 * y.size * s.H };
    tape.launch(kernels.lstmDx, { w, gates, cell, c0, dy, da, dh, dc }, params, groups(s), options);
    return [da, ...hiddenGradients(tape, da, before, s), ...(state ? [dh, dc] : [])];
  });
  return { y, cells: cell };
}

/** W x + b of all steps at once, [B T, G H]. The recurrence turns it into gates in place: a product's backward does not read its result. */
function project(tape: Tape, x: Tensor, { weightInput, biasInput }: RecurrentWeights): Tensor {
  const [B = 0, T = 0, I = 0] = x.shape;
  return linear(tape, reshape(tape, x, [B * T, I]), weightInput, biasInput);
}

const series = (tape: Tape, { B, T, H }: Sizes, label: string): Tensor => tape.tensor([B, T, H], "f32", label);

/** Four sequences a workgroup. */
const groups = ({ B }: Sizes): [number] => [Math.ceil(B / 4)];

/** Lanes of a workgroup that computes H units, `each` to a lane: a multiple of 16, at most 128. */
const lanes = (H: number, each: number): number => Math.min(128, 16 * Math.ceil(H / each / 16));

/** Gradients of the recurrent weight and bias from those of its products, [B T, G H]. */
function hiddenGradients(tape: Tape, du: Tensor, before: Tensor, { B, T, H }: Sizes): [Tensor, Tensor] {
  return [matmul(tape, du, before.as([B * T, H]), { transposeA: true }), channelSum(tape, du)];
}

function sizes(
  where: string,
  x: Tensor,
  weights: RecurrentWeights,
  G: number,
  states: { readonly [name: string]: Operand | undefined },
): Sizes {
  const [B = 0, T = 0, I = 0] = x.shape;
  const H = weights.weightHidden.shape[1] ?? 0;
  if (x.shape.length !== 3) throw new ShapeError(`${where}: expected [B, T, I], got [${x.shape}]`);
  const { weightInput, weightHidden, biasInput, biasHidden } = weights;
  const expected = [
    ["weightInput", weightInput, [G * H, I]],
    ["weightHidden", weightHidden, [G * H, H]],
    ["biasInput", biasInput, [G * H]],
    ["biasHidden", biasHidden, [G * H]],
    ...Object.entries(states).map(([name, state]) => [name, state, [B, H]] as const),
  ] as const;
  for (const [name, operand, shape] of expected)
    if (operand && operand.shape.join() !== shape.join())
      throw new ShapeError(`${where}: ${name} is [${operand.shape}], the input [${x.shape}] with ${H} units needs [${shape}]`);
  return { B, T, H };
}
