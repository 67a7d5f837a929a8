import { squaredError } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour, raggedCounts } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: squaredError,
  cases: raggedCounts.map((N) => ({ params: { N, factor: 0.25 }, grid: perFour(N) })),
  ref: (inputs, { N, factor }) => {
    const d = (i: number) => given(inputs, "x")[i]! - given(inputs, "y")[i]!;
    return { row: fill(N, (i) => (factor / 2) * d(i) ** 2), dx: fill(N, (i) => factor * d(i)) };
  },
});
