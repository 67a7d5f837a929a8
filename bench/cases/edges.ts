import type { BenchCase, Size } from "../contract.ts";
import { distinct, indices, unitRows } from "../noise.ts";
import { pairs } from "../reference/dense.ts";
import { add, affine, RefTape, softplus, sum } from "../reference/tape.ts";
import { inputNamed } from "./conv.ts";
import { nceBias, TEMPERATURE } from "./nce.ts";

/** Views of a size: the first one and its P partners, each a pair that counts both ways (CMC's core graph). */
export const viewsOf = ({ P = 0 }: Size): number => P + 1;

/**
 * CMC's NCE along the pairs of its core graph: sum over 2 P ordered pairs of views of mean softplus(-a_0) + sum_k softplus(a_k), loss and gradient by
 * the features of all views. features f32[P + 1, B, D], banks f32[P + 1, N, D], index u32[B], negatives u32[B, K]
 */
export const edges: BenchCase = {
  name: "edges",
  title: "NCE along the pairs of several views, forward + backward",
  sizes: [
    { set: "issue", size: { P: 3, B: 16, K: 1024, D: 128, N: 16_384 } },
    { set: "small", size: { P: 2, B: 8, K: 64, D: 64, N: 512 } },
    { set: "ragged", size: { P: 2, B: 7, K: 101, D: 60, N: 1009 } },
  ],
  linear: { from: { P: 1, B: 16, K: 1024, D: 128, N: 16_384 }, axes: { P: [1, 2, 3, 5] } },
  flops: ({ P = 0, B = 0, K = 0, D = 0 }: Size) => 2 * P * 4 * B * (K + 1) * D,
  traffic: ({ P = 0, B = 0, K = 0, D = 0 }: Size) => 2 * P * 4 * (B * (K + 1) * D + 2 * B * D + B * (K + 1)),
  largest: () => 0,
  inputs(size) {
    const { B = 0, K = 0, D = 0, N = 0 } = size;
    const V = viewsOf(size);
    return {
      features: { shape: [V, B, D], data: unitRows(1, V * B, D) },
      banks: { shape: [V, N, D], data: unitRows(2, V * N, D) },
      index: { shape: [B], data: distinct(3, B, N) },
      negatives: { shape: [B, K], data: indices(4, B * K, N) },
    };
  },
  reference(size, inputs) {
    const { P = 0, B = 0, D = 0, N = 0 } = size;
    const [features, banks] = [inputNamed(inputs, "features"), inputNamed(inputs, "banks")];
    const tape = new RefTape();
    const leaf = (v: number) => tape.leaf([B, D], features.data.slice(v * B * D, (v + 1) * B * D));
    const views = Array.from({ length: viewsOf(size) }, (_, v) => leaf(v));
    const bias = nceBias(size);
    const cost = (anchor: number, bank: number) => {
      const rows = banks.data.subarray(bank * N * D, (bank + 1) * N * D);
      const of = (name: string, sign: number) =>
        sum(softplus(affine(pairs(views[anchor]!, rows, inputNamed(inputs, name).data), sign / TEMPERATURE, -sign * bias)));
      return affine(add(of("index", -1), of("negatives", 1)), 1 / B);
    };
    const both = Array.from({ length: P }, (_, p) => add(cost(0, p + 1), cost(p + 1, 0)));
    const loss = both.reduce(add);
    tape.backward(loss);
    return { loss: loss.data, gradient: views.flatMap(({ grad }) => [...grad]) };
  },
};
