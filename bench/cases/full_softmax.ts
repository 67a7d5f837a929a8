import type { BenchCase, Size } from "../contract.ts";
import { at, logSumExp, matmul } from "../reference/dense.ts";
import { affine, mean, RefTape, sub } from "../reference/tape.ts";
import { bankInputs, TEMPERATURE } from "./nce.ts";

/** mean ln sum over all rows of exp(s) - s_y, s = v.w/T: loss and its gradient by the features; rows are data. */
export const fullSoftmax: BenchCase = {
  name: "full-softmax",
  title: "Softmax over the whole bank, forward + backward",
  sizes: [
    { set: "issue", size: { B: 64, N: 32_768, D: 128 } },
    { set: "small", size: { B: 16, N: 1024, D: 64 } },
    { set: "paper", size: { B: 256, N: 50_000, D: 128 } },
    { set: "ragged", size: { B: 13, N: 4099, D: 60 } },
  ],
  linear: {
    from: { B: 64, N: 8192, D: 128 },
    axes: { B: [32, 64, 128, 256], N: [4096, 8192, 16_384, 32_768], D: [64, 128, 256, 512] },
  },
  largest: ({ B = 0, N = 0, D = 0 }: Size, variant) => 4 * N * Math.max(D, variant === "ours" ? 0 : B),
  flops: ({ B = 0, N = 0, D = 0 }: Size) => 4 * B * N * D,
  traffic: ({ B = 0, N = 0, D = 0 }: Size) => 4 * (N * D + 2 * B * D),
  inputs: bankInputs,
  reference({ N = 0 }, { features, bank, index }) {
    if (!features || !bank || !index) throw new Error("full-softmax: inputs are missing");
    const tape = new RefTape();
    const f = tape.leaf(features.shape, features.data);
    const scores = affine(matmul(f, tape.leaf(bank.shape, bank.data), { tb: true }), 1 / TEMPERATURE);
    const own = at(
      scores,
      Array.from(index.data, (row, b) => b * N + row),
    );
    const loss = mean(sub(logSumExp(scores), own));
    tape.backward(loss);
    return { loss: loss.data, gradient: f.grad };
  },
};
