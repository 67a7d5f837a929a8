import { edgeNormalizer } from "../../src/gpu/kernels.gen.ts";
import { logSum } from "../contrast_cases.ts";
import { given, kernelCaseOf, sum } from "../kernel_case.ts";

const step = { seed: 0, step: 6, epoch: 0, rate: 0 };
/** rate below 0.5 marks unknown Zs in `inputs`; `every` 3 divides step 6, 4 does not. */
const sizes = [
  { E: 1, R: 1, every: 0, log_scale: 0.5, rate: 0 },
  { E: 3, R: 33, every: 0, log_scale: -0.5, rate: 0.25 },
  { E: 2, R: 33, every: 0, log_scale: -0.5, rate: 0.75 },
  { E: 2, R: 70, every: 3, log_scale: 2, rate: 0 },
  { E: 4, R: 7, every: 4, log_scale: 2, rate: 0.5 },
];

export const kernelCase = kernelCaseOf({
  kernel: edgeNormalizer,
  cases: sizes.map((params) => ({ params, grid: [params.E], step })),
  // Some entries do not count, some count and have no candidate; the last of several edges has none that counts.
  inputs: ({ E, R, rate }, random) => ({
    sums: Array.from({ length: E * R }, (_, i) => {
      if (R > 1 && (i % 5 === 1 || (E > 1 && i >= (E - 1) * R))) return [0, 0, -1e30, 0];
      return R > 1 && i % 5 === 2 ? [0, 0, -1e30, 1] : [0, 0, 20 * random(), 1];
    }).flat(),
    log_z: Array.from({ length: E }, (_, e) => (rate < 0.5 ? [0, 0] : [12 + e, 1])).flat(),
  }),
  ref: (inputs, { E, R, every, log_scale, rate }, { step }) => {
    const sums = given(inputs, "sums");
    const log_z = Array.from({ length: E }, (_, e) => {
      const [known, flag] = [given(inputs, "log_z")[2 * e]!, given(inputs, "log_z")[2 * e + 1]!];
      const entry = (r: number) => 4 * (e * R + r);
      const count = sum(R, (r) => sums[entry(r) + 3]!);
      if (count === 0) return [known, flag];
      const logs = Array.from({ length: R }, (_, r) => sums[entry(r) + 2]!).filter((z) => z > -1e30);
      const batch = logSum(logs) - Math.log(count) + log_scale;
      if (flag === 0 || (every > 0 && step % every === 0)) return [batch, 1];
      return [rate > 0 ? logSum([known + Math.log(1 - rate), batch + Math.log(rate)]) : known, 1];
    });
    return { log_z: log_z.flat() };
  },
});
