import { bankCombine } from "../../src/gpu/kernels.gen.ts";
import { dot, logSum, MASKED, sigmoid, softplus } from "../contrast_cases.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";

const sizes = [
  { B: 1, D: 4, P: 1, NCE: 0 },
  { B: 3, D: 12, P: 33, NCE: 0 }, // more parts than lanes
  { B: 5, D: 132, P: 7, NCE: 0 }, // more columns than lanes
  { B: 1, D: 4, P: 1, NCE: 1 },
  { B: 4, D: 68, P: 35, NCE: 1 },
];

export const kernelCase = kernelCaseOf({
  kernel: bankCombine,
  cases: sizes.map(({ NCE, ...size }) => ({
    params: { ...size, inv_tau: 2, log_noise: -0.5, floor: 0.125, pull: 0.75 },
    grid: [size.B],
    overrides: { NCE, WG: size.B === 4 ? 8 : 32 }, // as on a CPU, and elsewhere
  })),
  // Every third part but the first is empty: a masked maximum and nothing to sum.
  inputs: ({ B, P }, random) => ({
    log_z: [0.5, 1],
    stats: Array.from({ length: B * P }, (_, i) => {
      const empty = i % P > 0 && (i % P) % 3 === 0;
      return empty ? [MASKED, 0, 0, 0] : [6 * random() - 3, 1 + random(), random(), 0];
    }).flat(),
  }),
  ref: (inputs, { B, D, P, inv_tau, log_noise, floor, pull }, _step, { NCE }) => {
    const [features, own, stats, partial] = ["features", "own", "stats", "partial"].map((name) => given(inputs, name));
    const terms = new Float64Array(4 * B);
    const gradient = new Float64Array(B * D);
    for (let b = 0; b < B; b++) {
      const parts = Array.from({ length: P }, (_, p) => {
        const [m = 0, total = 0, cost = 0] = Array.from(stats!).slice((b * P + p) * 4, (b * P + p) * 4 + 3);
        return { m, total, cost, partial: Array.from(partial!).slice((b * P + p) * D, (b * P + p + 1) * D) };
      });
      const s0 = inv_tau * dot({ features: features!, bank: own! }, b, b, D);
      const others = logSum(parts.filter((p) => p.total > 0).map((p) => p.m + Math.log(p.total)));
      const a0 = s0 - given(inputs, "log_z")[0]! - log_noise;
      const apart = fill(D, (d) => features![b * D + d]! - own![b * D + d]!);
      const contrast = NCE ? softplus(-a0) + floor + sum(P, (p) => parts[p]!.cost) : softplus(others - s0);
      terms.set([contrast, sum(D, (d) => apart[d]! ** 2), logSum([others, s0]), s0], 4 * b);
      const weight = (p: number) => (NCE ? 1 : sigmoid(others - s0) * Math.exp(parts[p]!.m - others));
      for (let d = 0; d < D; d++) {
        const push = sum(P, (p) => weight(p) * parts[p]!.partial[d]!);
        const positive = (NCE ? sigmoid(-a0) : sigmoid(others - s0)) * own![b * D + d]!;
        gradient[b * D + d] = (inv_tau * (push - positive) + pull * apart[d]!) / B;
      }
    }
    return { terms, gradient };
  },
});
