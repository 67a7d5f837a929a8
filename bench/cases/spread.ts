import type { BenchCase, Size } from "../contract.ts";
import { unitRows } from "../noise.ts";
import { at, logSumExp, mask, matmul, spreadLast } from "../reference/dense.ts";
import { add, affine, map, mul, RefTape, sub, sum, type Value } from "../reference/tape.ts";
import { inputNamed } from "./conv.ts";
import { TEMPERATURE } from "./nce.ts";

/** InvaSpread of 2 B unit rows x[2B, D], first views, then second: each recognises its twin, and nothing else is recognised. True gradient. */
export const spreadCase: BenchCase = {
  name: "invaspread-loss",
  title: "InvaSpread loss, forward + backward",
  sizes: [
    { set: "issue", size: { B: 128, D: 128 } },
    { set: "small", size: { B: 8, D: 32 } },
    { set: "paper", size: { B: 256, D: 128 } },
    { set: "ragged", size: { B: 13, D: 60 } },
  ],
  linear: { from: { B: 64, D: 64 }, axes: { D: [32, 64, 128, 256] } },
  flops: ({ B = 0, D = 0 }: Size) => 6 * (2 * B) ** 2 * D,
  traffic: ({ B = 0, D = 0 }: Size) => 16 * B * D,
  inputs: ({ B = 0, D = 0 }) => ({ x: { shape: [2 * B, D], data: unitRows(1, 2 * B, D) } }),
  reference(_, inputs) {
    const tape = new RefTape();
    const x = tape.leaf(inputNamed(inputs, "x").shape, inputNamed(inputs, "x").data);
    const loss = spreadReference(x);
    tape.backward(loss);
    return { loss: loss.data, dx: x.grad };
  },
};

/** mean over anchors of -ln p(twin) - sum over the 2B - 2 others of ln(1 - p) */
export function spreadReference(x: Value): Value {
  const [M = 0] = x.shape;
  const twin = (i: number) => (i + M / 2) % M;
  const scores = affine(matmul(x, x, { tb: true }), 1 / TEMPERATURE);
  const total = logSumExp(mask(scores, (i) => Math.floor(i / M) === i % M));
  const own = at(
    scores,
    Array.from({ length: M }, (_, i) => i * M + twin(i)),
  );
  const logP = sub(scores, spreadLast(total, M));
  const refused = map(
    logP,
    (l) => (l >= 0 ? 0 : Math.log1p(-Math.exp(l))),
    (l) => (l >= 0 ? 0 : -Math.exp(l) / (1 - Math.exp(l))),
  );
  const negative = x.tape.leaf(
    [M, M],
    Float64Array.from({ length: M * M }, (_, i) => {
      const [row, column] = [Math.floor(i / M), i % M];
      return row === column || column === twin(row) ? 0 : 1;
    }),
  );
  return affine(add(sum(sub(total, own)), affine(sum(mul(refused, negative)), -1)), 1 / M);
}
