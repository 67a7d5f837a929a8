import type { BenchCase, Inputs, Size } from "../contract.ts";
import { distinct, indices, uniform, unitRows } from "../noise.ts";
import { pairs } from "../reference/dense.ts";
import { add, affine, concat, RefTape, softplus, sum, type Value } from "../reference/tape.ts";
import { MOMENTUM } from "./bank_update.ts";
import { inputNamed } from "./conv.ts";
import { encodeReference, encoderFlops, encoderShapes, firstChanges, leaves, startValues } from "./encoder.ts";
import { nceBias, TEMPERATURE } from "./nce.ts";
import { spreadReference } from "./spread.ts";

/** Parameters whose change the steps are checked by: the first layer's, which all of backward leads to, and the last. */
export const CHECKED = ["conv0", "head"] as const;
/** The channels of CMC's two views, lightness and colour, whose encoders' parameters begin with these names. */
export const VIEWS = [
  { prefix: "l_", channels: 1 },
  { prefix: "ab_", channels: 2 },
] as const;
export const CMC_CHECKED = VIEWS.flatMap(({ prefix }) => CHECKED.map((name) => prefix + name));

const image = (seed: number, B: number, C: number, H: number) => ({ shape: [B, C, H, H], data: uniform(seed, B * C * H * H) });

/** Labels of a batch and of its negatives in a bank. */
function drawn({ B = 0, K = 0, N = 0 }: Size): Inputs {
  return { index: { shape: [B], data: distinct(3, B, N) }, negatives: { shape: [B, K], data: indices(4, B * K, N) } };
}

/** mean over anchors of softplus(-a_0) + sum_k softplus(a_k) against rows of a bank, as in the case `nce`. */
function nceReference(f: Value, bank: ArrayLike<number>, inputs: Inputs, size: Size): Value {
  const bias = nceBias(size);
  const cost = (rows: ArrayLike<number>, sign: number) => sum(softplus(affine(pairs(f, bank, rows), sign / TEMPERATURE, -sign * bias)));
  return affine(add(cost(inputNamed(inputs, "index").data, -1), cost(inputNamed(inputs, "negatives").data, 1)), 1 / (size.B ?? 1));
}

/** Rows that the step writes: normalise(0.5 old + 0.5 v). */
function updated(f: Value, bank: ArrayLike<number>, index: ArrayLike<number>): Float64Array {
  const D = f.shape[1] ?? 0;
  const rows = f.data.map((v, i) => MOMENTUM * (bank[(index[Math.floor(i / D)] ?? 0) * D + (i % D)] ?? 0) + (1 - MOMENTUM) * v);
  for (let b = 0; b < rows.length; b += D) {
    const length = Math.hypot(...rows.subarray(b, b + D));
    for (let d = 0; d < D; d++) rows[b + d] = (rows[b + d] ?? 0) / length;
  }
  return rows;
}

const issueBank = { B: 32, H: 16, K: 4096, N: 65_536, D: 128 };
const smallBank = { B: 8, H: 16, K: 256, N: 1024, D: 128 };
const raggedBank = { B: 7, H: 13, K: 101, N: 1009, D: 60 };

/** Loss, what the first step adds to the first and the last weight, and the rows that it writes. */
export const instdiscStep: BenchCase = {
  name: "instdisc-step",
  title: "A whole training step of InstDisc (NCE)",
  sizes: [
    { set: "issue", size: issueBank },
    { set: "small", size: smallBank },
    { set: "ragged", size: raggedBank },
  ],
  linear: {
    from: { B: 16, H: 16, K: 1024, N: 16_384, D: 128 },
    axes: { B: [8, 16, 32, 64], K: [512, 1024, 2048, 4096], N: [4096, 16_384, 65_536] },
  },
  flops: (size) => encoderFlops(size.B ?? 0, 3, size) + 4 * (size.B ?? 0) * (size.K ?? 0) * (size.D ?? 0),
  traffic: () => 0,
  largest: ({ B = 0, K = 0, D = 0, N = 0 }, variant) => 4 * D * Math.max(N, variant === "ours" ? 0 : B * (K + 1)),
  tolerance: 2e-3, // float32 through three batch norms; weights change by little
  inputs: (size) => {
    const { B = 0, H = 0, N = 0, D = 0 } = size;
    return { x: image(1, B, 3, H), bank: { shape: [N, D], data: unitRows(2, N, D) }, ...drawn(size), ...startValues(encoderShapes(3, D)) };
  },
  reference(size, inputs) {
    const tape = new RefTape();
    const parameters = leaves(tape, encoderShapes(3, size.D ?? 0), inputs);
    const f = encodeReference(tape.leaf(inputNamed(inputs, "x").shape, inputNamed(inputs, "x").data), parameters);
    const bank = inputNamed(inputs, "bank").data;
    const loss = nceReference(f, bank, inputs, size);
    tape.backward(loss);
    return { loss: loss.data, ...firstChanges(parameters, CHECKED), rows: updated(f, bank, inputNamed(inputs, "index").data) };
  },
};

/** Two views of every image in one batch, no bank. */
export const invaspreadStep: BenchCase = {
  name: "invaspread-step",
  title: "A whole training step of InvaSpread",
  sizes: [
    { set: "issue", size: { B: 32, H: 16, D: 128 } },
    { set: "small", size: { B: 8, H: 16, D: 128 } },
    { set: "ragged", size: { B: 7, H: 13, D: 60 } },
  ],
  linear: { from: { B: 16, H: 16, D: 128 }, axes: { B: [8, 16, 32, 64] } },
  flops: (size) => encoderFlops(2 * (size.B ?? 0), 3, size) + 6 * (2 * (size.B ?? 0)) ** 2 * (size.D ?? 0),
  traffic: () => 0,
  tolerance: 2e-3,
  inputs: ({ B = 0, H = 0, D = 0 }) => ({ x: image(1, B, 3, H), x2: image(2, B, 3, H), ...startValues(encoderShapes(3, D)) }),
  reference(size, inputs) {
    const tape = new RefTape();
    const parameters = leaves(tape, encoderShapes(3, size.D ?? 0), inputs);
    const views = ["x", "x2"].map((name) => tape.leaf(inputNamed(inputs, name).shape, inputNamed(inputs, name).data));
    const loss = spreadReference(encodeReference(concat(views), parameters));
    tape.backward(loss);
    return { loss: loss.data, ...firstChanges(parameters, CHECKED) };
  },
};

/** Lightness and colour, an encoder and a bank each; each view's features are told in the other's bank. */
export const cmcStep: BenchCase = {
  name: "cmc-step",
  title: "A whole training step of CMC (two views, NCE)",
  sizes: [
    { set: "issue", size: issueBank },
    { set: "small", size: smallBank },
    { set: "ragged", size: raggedBank },
  ],
  flops: (size) =>
    VIEWS.reduce((n, { channels }) => n + encoderFlops(size.B ?? 0, channels, size) + 4 * (size.B ?? 0) * (size.K ?? 0) * (size.D ?? 0), 0),
  traffic: () => 0,
  largest: ({ B = 0, K = 0, D = 0, N = 0 }, variant) => 4 * D * (variant === "ours" ? 2 * N : Math.max(N, B * (K + 1))),
  tolerance: 2e-3,
  inputs(size) {
    const { B = 0, H = 0, N = 0, D = 0 } = size;
    const views = VIEWS.map(({ channels }, i) => [`x${i}`, image(1 + i, B, channels, H)]);
    const banks = VIEWS.map((_, i) => [`bank${i}`, { shape: [N, D], data: unitRows(10 + i, N, D) }]);
    return { ...Object.fromEntries([...views, ...banks]), ...drawn(size), ...startValues(cmcShapes(D)) };
  },
  reference(size, inputs) {
    const tape = new RefTape();
    const parameters = leaves(tape, cmcShapes(size.D ?? 0), inputs);
    const features = VIEWS.map(({ prefix }, i) =>
      encodeReference(tape.leaf(inputNamed(inputs, `x${i}`).shape, inputNamed(inputs, `x${i}`).data), parameters, prefix),
    ) as [Value, Value];
    const bank = (i: number) => inputNamed(inputs, `bank${i}`).data;
    const loss = add(nceReference(features[0], bank(1), inputs, size), nceReference(features[1], bank(0), inputs, size));
    tape.backward(loss);
    const index = inputNamed(inputs, "index").data;
    const rows = Object.fromEntries(features.map((f, i) => [`rows${i}`, updated(f, bank(i), index)]));
    return { loss: loss.data, ...firstChanges(parameters, CMC_CHECKED), ...rows };
  },
};

/** Parameters of both encoders. */
export const cmcShapes = (D: number): Readonly<Record<string, readonly number[]>> =>
  Object.assign({}, ...VIEWS.map(({ prefix, channels }) => encoderShapes(channels, D, prefix)));
