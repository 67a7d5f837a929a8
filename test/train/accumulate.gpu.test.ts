import { describe, expect, test } from "vitest";
import { affineView } from "../../src/data/views/affine.ts";
import { makeResident } from "../../src/data/views/resident.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { linearLayer } from "../../src/nn/layers.ts";
import { readNamed } from "../../src/nn/named.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { InstDisc, type InstDiscOptions } from "../../src/objectives/instdisc.ts";
import { InvaSpread } from "../../src/objectives/invaspread.ts";
import { relativeError } from "../../src/objectives/verify.ts";
import { l2norm } from "../../src/ops/l2norm.ts";
import { Ledger } from "../../src/ops/ledger.ts";
import { relu } from "../../src/ops/relu.ts";
import { flatten } from "../../src/ops/reshape.ts";
import { Accumulator } from "../../src/optim/accumulate.ts";
import { makeOptimiser } from "../../src/optim/by_name.ts";
import { loadOptimiser } from "../../src/optim/make.ts";
import { recordStep } from "../../src/train/record.ts";
import { testGpu } from "../host.ts";
import { shapesData } from "./shapes.ts";

const [B, D, N] = [12, 8, 40];
const { train } = shapesData(N, 8);

/** Three steps of a small encoder without batch norm, each batch in `n` parts: everything that they leave behind. */
async function run(n: number, options: InstDiscOptions, optimiser: string) {
  const gpu = await testGpu();
  const parameters = new Parameters(gpu, 3);
  const first = linearLayer(parameters, "first", 144, 20);
  const second = linearLayer(parameters, "second", 20, D);
  const objective = new InstDisc(
    gpu,
    { rows: N, dim: D, encode: (tape, x) => l2norm(tape, second(tape, relu(tape, first(tape, flatten(tape, x))))) },
    { start: "unit", ...options },
  );
  const made = (await loadOptimiser({ name: optimiser }))(parameters, { name: optimiser });
  const accumulator = new Accumulator(parameters);
  const images = makeResident(gpu, train);
  const ledger = new Ledger(gpu, 8);
  const plan = new Plan(gpu, "parts");
  const index = Array.from({ length: n }, (_, i) => plan.input(`index ${i}`, [B / n], "u32"));
  const view = affineView({ kind: "affine" });
  recordStep(plan, {
    objective,
    parameters,
    optimiser: made,
    index,
    accumulator,
    ledger,
    views: (tape, own) => [view(tape, images, own)],
  });
  await plan.open();
  for (let step = 0; step < 3; step++) {
    const samples = Uint32Array.from({ length: B }, (_, b) => (7 * b + 5 * step) % N);
    const inputs = index.map((operand, i) => [operand, samples.slice((i * B) / n, ((i + 1) * B) / n)] as const);
    plan.run({ seed: 7, step, epoch: 0, rate: 0.05 }, inputs);
  }
  const weights = await parameters.read();
  const memory = await readNamed(made.named());
  const left = {
    losses: (await ledger.read(0, 3)).flatMap((row) => [row.loss!, row.contrast!, row.proximal!]),
    rows: await objective.bank.rows(),
    weights: [...weights.values()].flatMap(({ data }) => [...data]),
    memory: [...memory.values()].flatMap(({ data }) => [...data]),
    z: await objective.bank.z(),
    launches: plan.launches.length,
  };
  plan.close();
  for (const part of [objective, made, accumulator, parameters, images.store, ledger]) part.destroy();
  return left;
}

describe("a batch in parts leaves what the whole batch leaves", () => {
  test.each<[InstDiscOptions, string]>([
    [{ mode: "full-softmax", temperature: 0.1 }, "sgd"],
    [{ mode: "softmax", negatives: 10, temperature: 0.1, proximal: 2, momentum: 0 }, "lars"],
    [{ mode: "nce", negatives: 10, temperature: 0.1, keepPositive: true, normalizer: { kind: "given", value: 60 } }, "sgd"],
  ])("%j %s", async (options, optimiser) => {
    const whole = await run(1, options, optimiser);
    for (const n of [2, 3, 12]) {
      const parts = await run(n, options, optimiser);
      for (const what of ["losses", "rows", "weights", "memory"] as const) {
        expect(relativeError(parts[what], whole[what]), `${what} of ${n} parts`).toBeLessThan(2e-6);
      }
    }
  });
});

test("the normaliser of the first batch comes from the first part", async () => {
  const options = { mode: "nce", negatives: 10, temperature: 0.5 } as const;
  const [whole, halves] = [await run(1, options, "sgd"), await run(2, options, "sgd")];
  expect(halves.z).toBeGreaterThan(0);
  expect(relativeError([halves.z!], [whole.z!])).toBeLessThan(0.5);
  expect(halves.z).not.toBe(whole.z);
});

test("an objective whose loss would change is refused, with the reason", async () => {
  const gpu = await testGpu();
  const parameters = new Parameters(gpu, 1);
  const objective = new InvaSpread({ batch: 4, encode: (_, x) => x });
  const plan = new Plan(gpu, "refused");
  const index = [plan.input("a", [2], "u32"), plan.input("b", [2], "u32")];
  const record = () =>
    recordStep(plan, { objective, parameters, optimiser: makeOptimiser(parameters, {}), index, views: (tape) => [tape.tensor([2, 4])] });
  expect(record).toThrow(/accumulate: invaspread cannot: the negatives of a sample are the rest of its batch/);
  expect(plan.launches).toHaveLength(0);
});
