import { similarity } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";

/** Queries, candidates, quarter of the row length. */
const sizes = [
  [1, 1, 1],
  [7, 9, 2],
  [8, 8, 3],
  [17, 261, 5],
] as const;

export const kernelCase = kernelCaseOf({
  kernel: similarity,
  cases: sizes.map(([Q, M, D4]) => ({ params: { Q, M, D4 }, grid: [Math.ceil(M / 256), Math.ceil(Q / 8)] })),
  ref: (inputs, { Q, M, D4 }) => {
    const q = given(inputs, "unit_q");
    const n = given(inputs, "unit_n");
    const dot = (i: number, j: number) => sum(4 * D4, (d) => q[i * 4 * D4 + d]! * n[j * 4 * D4 + d]!);
    const stride = 4 * Math.ceil(M / 4); // rows are padded, with anything
    return { sims: fill(Q * stride, (at) => (at % stride < M ? dot(Math.floor(at / stride), at % stride) : Number.NaN)) };
  },
});
