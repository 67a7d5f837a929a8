import { fullScoresSub16 } from "../../src/gpu/kernels.gen.ts";
import { scoresCases } from "../full_cases.ts";
import { kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({ kernel: fullScoresSub16, ...scoresCases(64, 4) });
