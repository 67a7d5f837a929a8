import { normalizerUpdate } from "../../src/gpu/kernels.gen.ts";
import { logSum } from "../contrast_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

const step = { seed: 0, step: 6, epoch: 0, rate: 0 };
/** rate below 0.5 marks an unknown Z in `inputs`; `every` 3 divides step 6, 4 does not. */
const sizes = [
  { R: 1, every: 0, log_scale: 0.5, rate: 0 },
  { R: 33, every: 0, log_scale: -0.5, rate: 0.25 },
  { R: 33, every: 0, log_scale: -0.5, rate: 0.75 },
  { R: 70, every: 3, log_scale: 2, rate: 0 },
  { R: 7, every: 4, log_scale: 2, rate: 0.5 },
];

export const kernelCase = kernelCaseOf({
  kernel: normalizerUpdate,
  cases: sizes.map((params) => ({ params, grid: [1], step })),
  inputs: ({ R, rate }, random) => ({
    sums: Array.from({ length: R }, () => [0, 0, 20 * random(), 0]).flat(),
    log_z: rate < 0.5 ? [0, 0] : [12, 1],
  }),
  ref: (inputs, { R, every, log_scale, rate }, { step }) => {
    const [known, flag] = [given(inputs, "log_z")[0]!, given(inputs, "log_z")[1]];
    const batch = logSum(Array.from({ length: R }, (_, r) => given(inputs, "sums")[4 * r + 2]!)) + log_scale;
    if (flag === 0 || (every > 0 && step % every === 0)) return { log_z: [batch, 1] };
    return { log_z: [rate > 0 ? logSum([known + Math.log(1 - rate), batch + Math.log(rate)]) : known, 1] };
  },
});
