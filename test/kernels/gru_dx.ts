import { gruDx } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { backThrough } from "../recurrent_truth.ts";
import { recurrentSizes } from "./gru.ts";

export const kernelCase = kernelCaseOf({
  kernel: gruDx,
  cases: recurrentSizes.flatMap((size) =>
    [0, 1].map((KEEP) => ({
      params: { ...size, E: KEEP * size.B * size.T },
      overrides: { WG: 4, KEEP },
      grid: [Math.ceil(size.B / 4)],
    })),
  ),
  inputs: ({ B, T, H, E }, random) => ({
    gates: Array.from({ length: B * T * 3 * H }, () => 0.1 + 0.8 * random()),
    m: Array.from({ length: B * T * H + E }, (_, i) => (i < B * T * H ? 2 * random() - 1 : random() < 0.4 ? 0 : 1)),
  }),
  ref: (inputs, { B, T, H }, _, { KEEP }) => {
    const [gates, m, before, dy] = [given(inputs, "gates"), given(inputs, "m"), given(inputs, "before"), given(inputs, "dy")];
    const [di, du, dh] = [fill(B * T * 3 * H, () => 0), fill(B * T * 3 * H, () => 0), fill(B * H, () => 0)];
    for (let b = 0; b < B; b++) {
      for (let t = T - 1; t >= 0; t--) {
        const f = (b * T + t) * H;
        for (let u = 0; u < H; u++) {
          const [r, z, n] = [gates[3 * f + u]!, gates[3 * f + H + u]!, gates[3 * f + 2 * H + u]!];
          const d = dy[f + u]! + dh[b * H + u]!;
          const dn = d * (1 - z) * (1 - n * n);
          const made = [dn * m[f + u]! * r * (1 - r), d * (before[f + u]! - n) * z * (1 - z), dn] as const;
          made.forEach((value, i) => {
            di[3 * f + i * H + u] = value;
            du[3 * f + i * H + u] = i === 2 ? dn * r : value;
          });
          dh[b * H + u] = d * z;
        }
        for (let k = 0; k < H; k++) {
          dh[b * H + k]! += backThrough(inputs, du, b * T + t, 3, H, k);
          if (KEEP) dh[b * H + k]! *= m[B * T * H + b * T + t]!;
        }
      }
    }
    return { di, du, dh };
  },
});
