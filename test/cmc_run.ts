import type { Gpu } from "../src/gpu/device.ts";
import { Plan } from "../src/gpu/plan.ts";
import { Cmc, type CmcOptions } from "../src/objectives/cmc.ts";
import { openTape } from "../src/ops/tape.ts";
import { Tensor } from "../src/tensor.ts";
import { logSum, sigmoid, softplus } from "./contrast_cases.ts";

export interface CmcStepResult {
  readonly loss: number;
  /** Mean of every edge, in the order of `edges`. */
  readonly pairs: number[];
  /** [V, B, D] */
  readonly gradient: number[];
}

export interface CmcBench {
  readonly objective: Cmc;
  readonly launches: number;
  /** One training step from given features [V, B, D]. `step` counts from 0. */
  run(features: Float32Array, index: Uint32Array, negatives?: Uint32Array): Promise<CmcStepResult>;
  close(): void;
}

export interface BenchSizes {
  readonly V: number;
  readonly B: number;
  readonly N: number;
  readonly D: number;
  /** Explicit negatives [B, K], when above 0. */
  readonly K?: number;
  readonly present?: readonly (Uint8Array | undefined)[];
}

/** CMC with features for encoders: a step recorded once, run as often as one likes. */
export async function cmcBench(gpu: Gpu, sizes: BenchSizes, banks: Float32Array, options: CmcOptions): Promise<CmcBench> {
  const { V, B, N, D, K = 0, present = [] } = sizes;
  const views = Array.from({ length: V }, (_, v) => ({ name: `view${v}`, present: present[v] }));
  const encode = views.map(() => (_: unknown, x: Tensor) => x);
  const objective = new Cmc(gpu, { rows: N, dim: D, views, encode }, { start: "unit", ...options });
  objective.banks.write(banks);
  const plan = new Plan(gpu, "cmc bench");
  const inputs = views.map(({ name }) => plan.input(name, [B, D]));
  const index = plan.input("index", [B], "u32");
  const negatives = plan.input("negatives", [B, Math.max(1, K)], "u32");
  const tape = openTape(plan, true);
  const leaves = inputs.map(({ slot, shape }) => {
    const leaf = new Tensor(slot, shape);
    leaf.requiresGrad = true;
    return leaf;
  });
  const { loss, pairs, commit } = objective.step(tape, { views: leaves, index, ...(K > 0 && { negatives }) });
  tape.backward(loss);
  commit();
  const gradients = leaves.map((leaf) => tape.gradient(leaf)!);
  for (const tensor of [loss, pairs, ...gradients]) plan.keep(tensor);
  await plan.open();
  let step = 0;
  return {
    objective,
    launches: plan.launches.length,
    async run(features, rows, given = new Uint32Array(B * Math.max(1, K))) {
      const data = inputs.map((operand, v) => [operand, features.slice(v * B * D, (v + 1) * B * D)] as const);
      plan.run({ seed: 7, step: step++, epoch: 0, rate: 0 }, [...data, [index, rows], [negatives, given]]);
      const gradient: number[] = [];
      for (const tensor of gradients) gradient.push(...(await plan.read(tensor)));
      const means = Array.from(await plan.read(pairs)).filter((_, i) => i % 2 === 0);
      return { loss: (await plan.read(loss))[0]!, pairs: means, gradient };
    },
    close() {
      plan.close();
      objective.destroy();
    },
  };
}

export interface CmcTruth {
  readonly mode: "nce" | "softmax";
  readonly temperature: number;
  /** [a, b, weight]: anchors of a against the bank of b. */
  readonly edges: readonly (readonly [number, number, number])[];
  /** Z of every edge; NCE only. */
  readonly z?: readonly number[];
}

/**
 * Loss, pairs and gradient in float64, as methods.md 1.1 and 1.4 write them. `negatives[b]` lists rows; those that lack the bank's view are
 * left out here, as are pairs of samples that lack one of the two views.
 */
export function cmcTruth(
  features: Float32Array,
  banks: Float32Array,
  { V, B, N, D, present = [] }: BenchSizes,
  index: ArrayLike<number>,
  negatives: readonly (readonly number[])[],
  { mode, temperature: T, edges, z = [] }: CmcTruth,
) {
  const has = (v: number, i: number): boolean => present[v]?.[i] !== 0;
  const f = (v: number, b: number, d: number): number => features[(v * B + b) * D + d]!;
  const w = (v: number, i: number, d: number): number => banks[(v * N + i) * D + d]!;
  const gradient = new Float64Array(V * B * D);
  const K = negatives[0]!.length;
  let loss = 0;
  const pairs = edges.map(([a, c, weight], e) => {
    const both = Array.from(index).flatMap((y, b) => (has(a, y) && has(c, y) ? [b] : []));
    let mean = 0;
    for (const b of both) {
      const score = (i: number): number => Array.from({ length: D }, (_, d) => f(a, b, d) * w(c, i, d)).reduce((s, x) => s + x, 0) / T;
      const rows = negatives[b]!.filter((i) => has(c, i));
      const s = rows.map(score);
      const s0 = score(index[b]!);
      const noise = Math.log(z[e] ?? 1) + Math.log(K / N + 1e-7);
      const others = logSum(s);
      const nce = softplus(noise - s0) + s.reduce((sum, x) => sum + softplus(x - noise), 0) + K * Math.log1p((1e-7 * N) / K);
      mean += (mode === "nce" ? nce : softplus(others - s0)) / both.length;
      const pull = mode === "nce" ? sigmoid(noise - s0) : sigmoid(others - s0);
      const weights = s.map((x) => (mode === "nce" ? sigmoid(x - noise) : pull * Math.exp(x - others)));
      for (let d = 0; d < D; d++) {
        const sum = rows.reduce((total, i, k) => total + weights[k]! * w(c, i, d), 0) - pull * w(c, index[b]!, d);
        gradient[(a * B + b) * D + d]! += (weight * sum) / (T * both.length);
      }
    }
    loss += weight * mean;
    return mean;
  });
  return { loss, pairs, gradient };
}
