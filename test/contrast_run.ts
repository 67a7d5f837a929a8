import type { Gpu } from "../src/gpu/device.ts";
import type { MemoryReport } from "../src/gpu/memory.ts";
import { Plan } from "../src/gpu/plan.ts";
import { InstDisc, type InstDiscOptions } from "../src/objectives/instdisc.ts";
import { openTape } from "../src/ops/tape.ts";
import { normalF32, randomVec4 } from "../src/random.ts";
import { Tensor } from "../src/tensor.ts";
import { logSum, sigmoid, softplus } from "./contrast_cases.ts";

/** Random unit rows f32[n, D]. */
export function unitRows(n: number, D: number, seed: number): Float32Array {
  const rows = new Float32Array(n * D);
  for (let i = 0; i < n; i++) {
    const row = Float64Array.from({ length: D }, (_, d) => {
      const [x, y] = randomVec4(seed, i, d, 0);
      return normalF32(x, y);
    });
    const length = Math.hypot(...row);
    rows.set(
      row.map((x) => x / length),
      i * D,
    );
  }
  return rows;
}

export interface StepResult {
  readonly loss: number;
  readonly contrast: number;
  readonly proximal: number;
  readonly gradient: Float32Array;
}

export interface Bench {
  readonly objective: InstDisc;
  /** One training step from given features. `step` counts from 0. */
  run(features: Float32Array, index: Uint32Array, negatives?: Uint32Array): Promise<StepResult>;
  /** What the step keeps on the device. */
  memory(): MemoryReport;
  close(): void;
}

/** InstDisc with features for an encoder: a step recorded once, run as often as one likes. K > 0 takes explicit negatives [B, K]. */
export async function instDiscBench(gpu: Gpu, B: number, bank: Float32Array, D: number, options: InstDiscOptions, K = 0): Promise<Bench> {
  const objective = new InstDisc(gpu, { rows: bank.length / D, dim: D, encode: (_, x) => x }, { start: "unit", ...options });
  objective.bank.write(bank);
  const plan = new Plan(gpu, "instdisc bench");
  const [features, index] = [plan.input("features", [B, D]), plan.input("index", [B], "u32")];
  const negatives = plan.input("negatives", [B, Math.max(1, K)], "u32");
  const tape = openTape(plan, true);
  const leaf = new Tensor(features.slot, features.shape);
  leaf.requiresGrad = true;
  const { loss, report, commit } = objective.step(tape, { views: [leaf], index, ...(K > 0 && { negatives }) });
  tape.backward(loss);
  commit();
  const gradient = tape.gradient(leaf)!;
  for (const tensor of [...Object.values(report), gradient]) plan.keep(tensor);
  await plan.open();
  let step = 0;
  const scalar = async (name: string) => (await plan.read(report[name]!))[0]!;
  return {
    objective,
    async run(data, rows, given = new Uint32Array(negatives.shape[1]! * B)) {
      objective.bank.check(rows);
      const inputs = [[features, data] as const, [index, rows] as const, [negatives, given] as const];
      plan.run({ seed: 7, step: step++, epoch: 0, rate: 0 }, inputs);
      const [total, contrast, proximal] = [await scalar("loss"), await scalar("contrast"), await scalar("proximal")];
      return { loss: total, contrast, proximal, gradient: (await plan.read(gradient)) as Float32Array };
    },
    memory: () => plan.memory(),
    close() {
      plan.close();
      objective.destroy();
    },
  };
}

export interface Truth {
  readonly mode: "nce" | "softmax";
  readonly temperature: number;
  readonly proximal?: number;
  /** Z; NCE only. */
  readonly z?: number;
}

/** Loss and gradient in float64 as methods.md 1.1 writes them. `negatives[b]` lists rows; the published form's denominators for NCE. */
export function truth(
  features: Float32Array,
  bank: Float32Array,
  D: number,
  index: ArrayLike<number>,
  negatives: readonly (readonly number[])[],
  options: Truth,
) {
  const { mode, temperature: T, proximal: lambda = 0, z = 1 } = options;
  const [B, N] = [index.length, bank.length / D];
  const v = (b: number, d: number) => features[b * D + d]!;
  const w = (j: number, d: number) => bank[j * D + d]!;
  const gradient = new Float64Array(B * D);
  let [contrast, distance] = [0, 0];
  for (let b = 0; b < B; b++) {
    const y = index[b]!;
    const score = (j: number) => Array.from({ length: D }, (_, d) => v(b, d) * w(j, d)).reduce((s, x) => s + x, 0) / T;
    const rows = negatives[b]!;
    const s = rows.map(score);
    const noise = Math.log(z) + Math.log(rows.length / N + 1e-7);
    const others = logSum(s);
    const weight = (i: number) => (mode === "nce" ? sigmoid(s[i]! - noise) : Math.exp(s[i]! - others) * sigmoid(others - score(y)));
    const weights = s.map((_, i) => weight(i));
    const pull = mode === "nce" ? sigmoid(noise - score(y)) : sigmoid(others - score(y));
    if (mode === "softmax") contrast += softplus(others - score(y)) / B;
    else {
      const floor = rows.length * Math.log1p((1e-7 * N) / rows.length);
      contrast += (softplus(noise - score(y)) + s.reduce((sum, x) => sum + softplus(x - noise), floor)) / B;
    }
    for (let d = 0; d < D; d++) {
      const sum = rows.reduce((total, j, i) => total + weights[i]! * w(j, d), 0) - pull * w(y, d);
      gradient[b * D + d] = (sum / T + 2 * lambda * (v(b, d) - w(y, d))) / B;
      distance += (v(b, d) - w(y, d)) ** 2 / B;
    }
  }
  return { loss: contrast + lambda * distance, contrast, proximal: distance, gradient };
}

/** Every row but the positive, once, for each anchor. */
export const allOthers = (index: ArrayLike<number>, N: number): number[][] =>
  Array.from(index, (y) => Array.from({ length: N }, (_, j) => j).filter((j) => j !== y));

/** normalise(m * old + (1 - m) * feature), float64. */
export function moved(old: ArrayLike<number>, feature: ArrayLike<number>, momentum: number): number[] {
  const sum = Array.from(old, (x, d) => momentum * x + (1 - momentum) * feature[d]!);
  const length = Math.hypot(...sum);
  return sum.map((x) => x / length);
}
