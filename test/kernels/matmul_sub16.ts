import { matmulSub16 } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { vectorProducts } from "../product_cases.ts";

export const kernelCase = kernelCaseOf({
  kernel: matmulSub16,
  lanes: 4,
  ...vectorProducts((M, N, WG) => [Math.ceil(N / (16 * WG)), Math.ceil(M / 16)], [8]),
});
