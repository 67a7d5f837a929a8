import { sumRuns } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";
import { perLane, raggedCounts } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: sumRuns,
  cases: raggedCounts.flatMap((N) => [1, 3, 8, N].map((L) => ({ params: { N, L, factor: 0.5 }, grid: perLane(Math.ceil(N / L)) }))),
  ref: (inputs, { N, L, factor }) => ({
    y: fill(Math.ceil(N / L), (r) => factor * sum(Math.min(L, N - r * L), (l) => given(inputs, "x")[r * L + l]!)),
  }),
});
