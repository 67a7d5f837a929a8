import { fullGradientSub4 } from "../../src/gpu/kernels.gen.ts";
import { gradientCases } from "../full_cases.ts";
import { kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf<typeof fullGradientSub4>({ kernel: fullGradientSub4, ...gradientCases(32, 8, 4) });
