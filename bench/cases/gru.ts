import type { BenchCase, Size } from "../contract.ts";
import { uniform } from "../noise.ts";
import { addRow, matmul } from "../reference/dense.ts";
import { add, affine, concat, mul, pick, RefTape, sigmoid, tanh, type Value } from "../reference/tape.ts";
import { inputNamed } from "./conv.ts";

/** Weights of one layer under torch.nn.GRU's shapes and gate order r, z, n. */
export const GRU_WEIGHTS = ["wi", "wh", "bi", "bh"] as const;

/** All states y[B, T, H] of torch.nn.GRU over x[B, T, I] from zero, and the gradients for a given dy. */
export const gruCase: BenchCase = {
  name: "gru",
  title: "GRU, forward + backward",
  sizes: [
    { set: "issue", size: { B: 8, T: 64, I: 64, H: 64 } },
    { set: "small", size: { B: 3, T: 8, I: 16, H: 16 } },
    { set: "paper", size: { B: 8, T: 128, I: 256, H: 256 } },
    { set: "ragged", size: { B: 5, T: 7, I: 11, H: 13 } },
  ],
  linear: { from: { B: 4, T: 16, I: 32, H: 32 }, axes: { B: [4, 8, 16], T: [8, 16, 32, 64] } },
  flops: ({ B = 0, T = 0, I = 0, H = 0 }: Size) => 18 * B * T * H * (I + H),
  traffic: ({ B = 0, T = 0, I = 0, H = 0 }: Size) => 4 * (B * T * (2 * I + 2 * H) + 6 * H * (I + H + 2)),
  inputs({ B = 0, T = 0, I = 0, H = 0 }) {
    const scale = 1 / Math.sqrt(H);
    const input = (shape: number[], seed: number, by = 1) => ({
      shape,
      data: uniform(
        seed,
        shape.reduce((a, b) => a * b, 1),
        by,
      ),
    });
    return {
      x: input([B, T, I], 1),
      dy: input([B, T, H], 2),
      wi: input([3 * H, I], 3, scale),
      wh: input([3 * H, H], 4, scale),
      bi: input([3 * H], 5, scale),
      bh: input([3 * H], 6, scale),
    };
  },
  reference(_, inputs) {
    const tape = new RefTape();
    const leaf = (name: string) => tape.leaf(inputNamed(inputs, name).shape, inputNamed(inputs, name).data);
    const x = leaf("x");
    const [wi, wh, bi, bh] = GRU_WEIGHTS.map(leaf) as [Value, Value, Value, Value];
    const y = gruReference(x, { wi, wh, bi, bh });
    tape.backward(y, inputNamed(inputs, "dy").data);
    return { y: y.data, dx: x.grad, dwi: wi.grad, dwh: wh.grad, dbi: bi.grad, dbh: bh.grad };
  },
};

export function gruReference(x: Value, { wi, wh, bi, bh }: { readonly [name in (typeof GRU_WEIGHTS)[number]]: Value }): Value {
  const [B = 0, T = 0, I = 0] = x.shape;
  const H = wh.shape[1] ?? 0;
  const gate = (u: Value, g: number) => pick(u, [B, H], (i) => Math.floor(i / H) * 3 * H + g * H + (i % H));
  const states: Value[] = [];
  let h = x.tape.leaf([B, H], new Float64Array(B * H));
  for (let t = 0; t < T; t++) {
    const frame = pick(x, [B, I], (i) => (Math.floor(i / I) * T + t) * I + (i % I));
    const u = addRow(matmul(frame, wi, { tb: true }), bi);
    const v = addRow(matmul(h, wh, { tb: true }), bh);
    const [r, z] = [0, 1].map((g) => sigmoid(add(gate(u, g), gate(v, g)))) as [Value, Value];
    const n = tanh(add(gate(u, 2), mul(r, gate(v, 2))));
    h = add(n, mul(z, add(h, affine(n, -1))));
    states.push(h);
  }
  return pick(concat(states), [B, T, H], (i) => {
    const [b, t, k] = [Math.floor(i / (T * H)), Math.floor(i / H) % T, i % H];
    return (t * B + b) * H + k;
  });
}
