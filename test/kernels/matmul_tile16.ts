import { matmulTile16 } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { vectorProducts } from "../product_cases.ts";

export const kernelCase = kernelCaseOf({
  kernel: matmulTile16,
  ...vectorProducts((M, N, WG) => [Math.ceil((Math.ceil(M / 16) * Math.ceil(N / 16)) / WG)], [8]),
});
