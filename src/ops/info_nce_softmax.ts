import type { Tape } from "../autograd.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";
import type { Prediction, SoftmaxShape } from "./info_nce_parts.ts";

/**
 * Rows of candidates beyond this length have 32 lanes on a GPU, so that neighbours read neighbours. On CPUs barriers and not memory decide: one
 * lane a row is 2 to 6 times faster there at any length measured (128 and 1,024 candidates, SwiftShader and lavapipe).
 */
const LONG = 96;

/** Turns scores into their derivatives and writes the terms of their predictions. `drawn` holds row numbers where candidates were drawn. */
export function softmaxInPlace(
  tape: Tape,
  made: Prediction,
  s: Tensor,
  shape: SoftmaxShape,
  overrides: { readonly [name: string]: number },
  drawn: Operand = made.groups,
): void {
  const { B, T, S, skip, stride, limit, groups, episodes, terms } = made;
  const size = ({ shape }: Operand) => shape.reduce((a, b) => a * b, 1);
  const params = { B, T, S, E: size(episodes), L: size(groups), V: size(drawn), ...shape, skip, stride, limit };
  const [LANES, ROWS] = shape.N > LONG && !tape.plan.gpu.adapter.software ? [32, 2] : [1, 64];
  const rows = shape.K * shape.G * shape.M;
  const options = { overrides: { ...overrides, LANES, ROWS }, flops: 8 * rows * shape.N };
  tape.launch(kernels.cpcSoftmax, { episodes, groups, drawn, s, terms }, params, [Math.ceil(rows / ROWS)], options);
}
