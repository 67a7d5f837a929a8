import { fullScoresSub4 } from "../../src/gpu/kernels.gen.ts";
import { scoresCases } from "../full_cases.ts";
import { kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf<typeof fullScoresSub4>({ kernel: fullScoresSub4, ...scoresCases(32, 8) });
