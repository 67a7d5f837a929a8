import { conv2dBlock } from "../../src/gpu/kernels.gen.ts";
import { blockCases, blockRef } from "../conv_block_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: conv2dBlock,
  cases: blockCases,
  ref: (inputs, p, _, { FLIP }) => ({ y: blockRef(given(inputs, "x"), given(inputs, "w"), p, FLIP === 1) }),
});
