import { matmulSub32 } from "../../src/gpu/kernels.gen.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";
import { productRef } from "../product_cases.ts";

const sizes = [
  { M: 16, N: 16, K: 4, TA: 1 },
  { M: 48, N: 144, K: 20, TA: 1 },
  { M: 4, N: 16, K: 4, TA: 0 },
  { M: 37, N: 144, K: 16, TA: 0 },
  { M: 68, N: 48, K: 12, TA: 0 },
];

export const kernelCase = kernelCaseOf({
  kernel: matmulSub32,
  lanes: 4,
  cases: sizes.map(({ TA, ...params }) => ({
    params,
    grid: [Math.ceil(params.N / (16 * 8)), Math.ceil(params.M / 32)],
    overrides: { WG: 8, TA },
  })),
  ref: (inputs, { M, N, K }, _step, { TA }) => ({ c: productRef(given(inputs, "a"), given(inputs, "b"), M, N, K, TA === 1, false) }),
});
