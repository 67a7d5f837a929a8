import { fromHalf, toHalf } from "../../src/formats/half.ts";
import type { BenchCase, Inputs, Size, Variant } from "../contract.ts";
import { distinct, indices, unitRows } from "../noise.ts";
import { at, logSumExp, pairs } from "../reference/dense.ts";
import { add, affine, mean, pick, RefTape, softplus, sub, sum } from "../reference/tape.ts";

/** T of all bank losses. */
export const TEMPERATURE = 0.1;
/** The normaliser, as after a first batch: about N times the mean of exp(score) of random unit rows. */
export const normalizer = ({ N = 0 }: Size): number => 1.5 * N;
/** What NCE compares scores with: ln Z + ln(K/N + 1e-7). */
export const nceBias = (size: Size): number => Math.log(normalizer(size)) + Math.log((size.K ?? 0) / (size.N ?? 1) + 1e-7);

/** features f32[B, D], bank f32[N, D], index u32[B], negatives u32[B, K] */
export function bankInputs({ B = 0, K = 0, D = 0, N = 0 }: Size): Inputs {
  return {
    features: { shape: [B, D], data: unitRows(1, B, D) },
    bank: { shape: [N, D], data: unitRows(2, N, D) },
    index: { shape: [B], data: distinct(3, B, N) },
    ...(K > 0 && { negatives: { shape: [B, K], data: indices(4, B * K, N) } }),
  };
}

const SIZES: BenchCase["sizes"] = [
  { set: "issue", size: { B: 16, K: 4096, D: 128, N: 32_768 } },
  { set: "small", size: { B: 8, K: 256, D: 64, N: 1024 } },
  { set: "paper", size: { B: 256, K: 4096, D: 128, N: 50_000 } },
  { set: "imagenet", size: { B: 256, K: 4096, D: 128, N: 1_281_167 } },
  { set: "ragged", size: { B: 13, K: 1001, D: 60, N: 4099 } },
];

const LINEAR: NonNullable<BenchCase["linear"]> = {
  from: { B: 16, K: 2048, D: 128, N: 16_384 },
  axes: { B: [8, 16, 32, 64], K: [1024, 2048, 4096, 8192], D: [32, 64, 128, 256], N: [4096, 16_384, 65_536] },
};

/** The bank, which nearfar shards; and for those who gather, its rows [B, K+1, D]. */
const largest = ({ B = 0, K = 0, D = 0, N = 0 }: Size, variant: Variant): number =>
  variant === "ours" ? 0 : 4 * D * Math.max(N, B * (K + 1));

const flops = ({ B = 0, K = 0, D = 0 }: Size): number => 4 * B * (K + 1) * D;
const traffic = ({ B = 0, K = 0, D = 0 }: Size): number => 4 * (B * (K + 1) * D + 2 * B * D + B * (K + 1));

/** mean softplus(-a_0) + sum_k softplus(a_k), a = v.w/T - bias: loss and its gradient by the features. */
export const nce: BenchCase = {
  name: "nce",
  title: "Sampled NCE, forward + backward",
  sizes: SIZES,
  linear: LINEAR,
  largest,
  flops,
  traffic,
  inputs: bankInputs,
  reference(size, inputs) {
    const { f, positive, negative } = scores(inputs);
    const bias = nceBias(size);
    const cost = add(sum(softplus(affine(positive, -1, bias))), sum(softplus(affine(negative, 1, -bias))));
    return finish(f, affine(cost, 1 / (size.B ?? 1)));
  },
};

/** mean ln sum over positive and negatives of exp(s) - s_0 */
export const sampledSoftmax: BenchCase = {
  name: "sampled-softmax",
  title: "Sampled softmax, forward + backward",
  sizes: SIZES,
  largest,
  flops,
  traffic,
  inputs: bankInputs,
  reference(_, inputs) {
    const { f, positive, negative } = scores(inputs);
    const B = positive.size;
    const K = negative.size / B;
    const all = f.tape.node([B, K + 1], joined(positive.data, negative.data, K), (dy) => {
      dy.forEach((d, i) => {
        const [b, k] = [Math.floor(i / (K + 1)), i % (K + 1)];
        if (k === 0) positive.grad[b]! += d;
        else negative.grad[b * K + k - 1]! += d;
      });
    });
    return finish(
      f,
      mean(
        sub(
          logSumExp(all),
          pick(positive, [B], (i) => i),
        ),
      ),
    );
  },
};

/** The same with the bank in halves: nearfar's alone. The reference has the rows as halves hold them. */
export const inHalves = (bench: BenchCase): BenchCase => ({
  ...bench,
  name: `${bench.name}-f16`,
  title: `${bench.title}, bank in halves`,
  traffic: (size) => bench.traffic(size) / 2,
  inputs(size) {
    const { bank, ...rest } = bench.inputs(size);
    return { ...rest, ...(bank && { bank: { shape: bank.shape, data: fromHalf(toHalf(new Float32Array(bank.data))) } }) };
  },
});

function joined(positive: Float64Array, negative: Float64Array, K: number): Float64Array {
  return Float64Array.from({ length: positive.length * (K + 1) }, (_, i) => {
    const [b, k] = [Math.floor(i / (K + 1)), i % (K + 1)];
    return k === 0 ? positive[b]! : negative[b * K + k - 1]!;
  });
}

function scores({ features, bank, index, negatives }: Inputs) {
  if (!features || !bank || !index || !negatives) throw new Error("nce: inputs are missing");
  const f = new RefTape().leaf(features.shape, features.data);
  const scored = (rows: ArrayLike<number>) => affine(pairs(f, bank.data, rows), 1 / TEMPERATURE);
  return { f, positive: scored(index.data), negative: scored(negatives.data) };
}

function finish(f: ReturnType<typeof scores>["f"], loss: ReturnType<typeof mean>) {
  f.tape.backward(loss);
  return { loss: at(loss, [0]).data, gradient: f.grad };
}
