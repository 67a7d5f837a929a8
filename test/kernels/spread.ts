import { spread } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour, raggedCounts } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: spread,
  cases: raggedCounts.flatMap((N) => [1, 7, N].map((L) => ({ params: { N, L, factor: 0.5 }, grid: perFour(N) }))),
  ref: (inputs, { N, L, factor }) => ({ y: fill(N, (i) => factor * given(inputs, "x")[Math.floor(i / L)]!) }),
});
