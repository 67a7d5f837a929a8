import { fullGradientSub16 } from "../../src/gpu/kernels.gen.ts";
import { gradientCases } from "../full_cases.ts";
import { kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({ kernel: fullGradientSub16, ...gradientCases(64, 4, 16) });
