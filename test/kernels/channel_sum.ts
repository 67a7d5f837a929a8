import { channelSum } from "../../src/gpu/kernels.gen.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";
import { perChunk, planeSizes, total } from "../planes.ts";

export const kernelCase = kernelCaseOf({
  kernel: channelSum,
  cases: planeSizes.map((p) => ({ params: { ...p }, grid: perLane(Math.ceil(p.B / p.rows) * p.C) })),
  ref: (inputs, p) => ({ part: perChunk(p, (at) => total(at, (i) => given(inputs, "x")[i]!)) }),
});
