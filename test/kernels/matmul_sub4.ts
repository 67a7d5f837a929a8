import { matmulSub4 } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { vectorProducts } from "../product_cases.ts";

export const kernelCase = kernelCaseOf({
  kernel: matmulSub4,
  lanes: 8,
  ...vectorProducts((M, N, WG) => [Math.ceil(N / (4 * WG)), Math.ceil(M / 16)], [8, 32]),
});
