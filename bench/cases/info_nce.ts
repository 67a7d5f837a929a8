import type { BenchCase, Size } from "../contract.ts";
import { uniform } from "../noise.ts";
import { at, logSumExp, matmul } from "../reference/dense.ts";
import { add, affine, mean, pick, RefTape, sub, type Value } from "../reference/tape.ts";
import { inputNamed } from "./conv.ts";

/** Predictions q[B, T, S, D] of the latents z[B, T, D] of the next S frames, each told from all frames of the batch; mean over steps. */
export const infoNceCase: BenchCase = {
  name: "info-nce",
  title: "InfoNCE over all frames of the batch, forward + backward",
  sizes: [
    { set: "issue", size: { B: 8, T: 32, S: 4, D: 64 } },
    { set: "small", size: { B: 2, T: 8, S: 2, D: 16 } },
    { set: "paper", size: { B: 8, T: 128, S: 12, D: 256 } },
    { set: "ragged", size: { B: 3, T: 13, S: 3, D: 20 } },
  ],
  linear: { from: { B: 4, T: 16, S: 4, D: 64 }, axes: { S: [2, 4, 8], D: [32, 64, 128] } },
  flops: ({ B = 0, T = 0, S = 0, D = 0 }: Size) => 6 * S * (B * T) ** 2 * D,
  traffic: ({ B = 0, T = 0, S = 0, D = 0 }: Size) => 8 * B * T * D * (S + 1),
  largest: ({ B = 0, T = 0 }) => 4 * (B * T) ** 2,
  inputs: ({ B = 0, T = 0, S = 0, D = 0 }) => ({
    q: { shape: [B, T, S, D], data: uniform(1, B * T * S * D, 0.5) },
    z: { shape: [B, T, D], data: uniform(2, B * T * D, 0.5) },
  }),
  reference(_, inputs) {
    const tape = new RefTape();
    const [q, z] = ["q", "z"].map((name) => tape.leaf(inputNamed(inputs, name).shape, inputNamed(inputs, name).data)) as [Value, Value];
    const loss = infoNceReference(q, z);
    tape.backward(loss);
    return { loss: loss.data, dq: q.grad, dz: z.grad };
  },
};

/** Frames that predict k + 1 steps ahead, and the frames that they predict, as numbers among B T. */
export function predicted(B: number, T: number, k: number): { readonly anchors: Int32Array; readonly targets: Int32Array } {
  const anchors = Int32Array.from({ length: B * (T - k - 1) }, (_, i) => Math.floor(i / (T - k - 1)) * T + (i % (T - k - 1)));
  return { anchors, targets: anchors.map((frame) => frame + k + 1) };
}

export function infoNceReference(q: Value, z: Value): Value {
  const [B = 0, T = 0, S = 0, D = 0] = q.shape;
  const frames = pick(z, [B * T, D], (i) => i);
  const losses = Array.from({ length: S }, (_, k) => {
    const { anchors, targets } = predicted(B, T, k);
    const ahead = pick(q, [anchors.length, D], (i) => ((anchors[Math.floor(i / D)] ?? 0) * S + k) * D + (i % D));
    const scores = matmul(ahead, frames, { tb: true });
    const own = at(
      scores,
      Array.from(targets, (target, a) => a * B * T + target),
    );
    return mean(sub(logSumExp(scores), own));
  });
  return affine(losses.reduce(add), 1 / S);
}
