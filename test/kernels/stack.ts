import { stack } from "../../src/gpu/kernels.gen.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";
import { perFour } from "../kernel_simple.ts";

const sizes = [
  { N: 1, T: 1, first: 0, count: 1 },
  { N: 5, T: 4, first: 0, count: 4 },
  { N: 257, T: 3, first: 0, count: 3 },
  { N: 70, T: 6, first: 4, count: 2 },
];

export const kernelCase = kernelCaseOf({
  kernel: stack,
  cases: sizes.map((params) => ({ params, grid: perFour(params.count * params.N) })),
  inputs: ({ N, T }) => ({ y: new Float64Array(N * T) }),
  ref: (inputs, { N, T, first, count }) => {
    const parts = ["a", "b", "c", "d"].map((name) => Array.from(given(inputs, name)));
    return { y: Array.from({ length: N * T }, (_, i) => parts.slice(0, count)[Math.floor(i / N) - first]?.[i % N] ?? 0) };
  },
});
