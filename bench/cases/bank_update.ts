import type { BenchCase, Size } from "../contract.ts";
import { bankInputs } from "./nce.ts";

/** Share of the old row that an update keeps. */
export const MOMENTUM = 0.5;

/** bank[y] = normalise(0.5 bank[y] + 0.5 v) of B rows, in a bank that stays on the device. The rows written, after the first step. */
export const bankUpdate: BenchCase = {
  name: "bank-update",
  title: "Bank update",
  sizes: [
    { set: "issue", size: { B: 16, N: 32_768, D: 128 } },
    { set: "issue", size: { B: 256, N: 32_768, D: 128 } },
    { set: "small", size: { B: 8, N: 1024, D: 64 } },
    { set: "paper", size: { B: 256, N: 50_000, D: 128 } },
    { set: "imagenet", size: { B: 256, N: 1_281_167, D: 128 } },
    { set: "ragged", size: { B: 13, N: 4099, D: 60 } },
  ],
  linear: {
    from: { B: 1024, N: 16_384, D: 128 },
    axes: { B: [1024, 2048, 4096, 8192], N: [4096, 16_384, 65_536], D: [64, 128, 256, 512] },
  },
  largest: ({ N = 0, D = 0 }: Size, variant) => (variant === "ours" ? 0 : 4 * N * D),
  flops: ({ B = 0, D = 0 }: Size) => 6 * B * D,
  traffic: ({ B = 0, D = 0 }: Size) => 12 * B * D,
  inputs: bankInputs,
  reference({ B = 0, D = 0 }, { features, bank, index }) {
    const rows = new Float64Array(B * D);
    for (let b = 0; b < B; b++) {
      const mixed = Array.from({ length: D }, (_, d) => {
        const old = bank?.data[(index?.data[b] ?? 0) * D + d] ?? 0;
        return MOMENTUM * old + (1 - MOMENTUM) * (features?.data[b * D + d] ?? 0);
      });
      const length = Math.hypot(...mixed);
      for (let d = 0; d < D; d++) rows[b * D + d] = (mixed[d] ?? 0) / length;
    }
    return { rows };
  },
};
