import { afterEach, describe, expect, test } from "vitest";
import { ShapeError, UsageError } from "../../src/errors.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { InvaSpread, type InvaSpreadOptions } from "../../src/objectives/invaspread.ts";
import { relativeError } from "../../src/objectives/verify.ts";
import { contrastBatch, type SpreadOptions } from "../../src/ops/contrast_batch.ts";
import { scale } from "../../src/ops/scale.ts";
import { openTape } from "../../src/ops/tape.ts";
import { Tensor } from "../../src/tensor.ts";
import { unitRows } from "../contrast_run.ts";
import { testGpu } from "../host.ts";
import { spreadTruth } from "../spread_truth.ts";

const PUBLISHED: SpreadOptions = { temperature: 0.1, gradient: "anchor", selfSimilarity: false, negativeWeight: 1 };
const MODES: SpreadOptions[] = [
  PUBLISHED,
  { ...PUBLISHED, gradient: "full" },
  { temperature: 0.3, gradient: "anchor", selfSimilarity: true, negativeWeight: 2 },
  { temperature: 0.3, gradient: "full", selfSimilarity: true, negativeWeight: 2 },
];

let open: Plan[] = [];
afterEach(() => {
  for (const plan of open) plan.close();
  open = [];
});

/** Loss and gradient of given features [M, D]; the loss is `factor` times the op's. */
async function run(data: Float32Array, D: number, options: SpreadOptions, factor = 1) {
  const plan = new Plan(await testGpu(), "invaspread");
  open.push(plan);
  const features = plan.input("features", [data.length / D, D]);
  const leaf = new Tensor(features.slot, features.shape);
  leaf.requiresGrad = true;
  const tape = openTape(plan, true);
  const { loss, attract, spread } = contrastBatch(tape, leaf, options);
  tape.backward(factor === 1 ? loss : scale(tape, loss, factor));
  const gradient = tape.gradient(leaf)!;
  for (const tensor of [loss, attract, spread, gradient]) plan.keep(tensor);
  await plan.open();
  plan.run({ seed: 1, step: 0, epoch: 0, rate: 0 }, [[features, data]]);
  const scalar = async (tensor: Tensor) => (await plan.read(tensor))[0]!;
  return { loss: await scalar(loss), attract: await scalar(attract), spread: await scalar(spread), gradient: await plan.read(gradient) };
}

/** Mean loss in float64, scores x_i . y_j. */
function lossOf(x: ArrayLike<number>, D: number, options: SpreadOptions, y = x): number {
  const { temperature, negativeWeight: weight, selfSimilarity: self } = options;
  const M = x.length / D;
  const { attract, spread } = spreadTruth(x, { M, D, temperature, weight, self }, y);
  return attract.reduce((sum, value, i) => sum + value + spread[i]!, 0) / M;
}

/** Central differences in float64; with gradient `anchor` the second factor of every score stays. */
function differences(data: Float32Array, D: number, options: SpreadOptions, eps = 1e-6): Float64Array {
  return Float64Array.from(data, (_, n) => {
    const at = (by: number) => {
      const x = Float64Array.from(data);
      x[n]! += by;
      return lossOf(x, D, options, options.gradient === "anchor" ? data : x);
    };
    return (at(eps) - at(-eps)) / (2 * eps);
  });
}

describe.each(MODES)("%o", (options) => {
  test("loss equals float64, the gradient central differences", async () => {
    const [M, D] = [12, 8];
    const data = unitRows(M, D, 3);
    const got = await run(data, D, options);
    expect(relativeError([got.loss], [lossOf(data, D, options)])).toBeLessThan(1e-6);
    expect(got.attract + got.spread).toBeCloseTo(got.loss, 5);
    expect(relativeError(got.gradient, differences(data, D, options))).toBeLessThan(1e-5);
  });

  test("all features equal: the objective's chance", async () => {
    const [M, D] = [16, 8];
    const row = unitRows(1, D, 4);
    const { loss } = await run(
      Float32Array.from({ length: M * D }, (_, i) => row[i % D]!),
      D,
      options,
    );
    const { chance } = new InvaSpread({ batch: M / 2, encode: (_, x) => x }, options);
    expect(relativeError([loss], [chance])).toBeLessThan(1e-5);
  });
});

test("chance of the published batch is the known plateau, ln 255 + 1 (methods.md 1.5)", () => {
  const { chance } = new InvaSpread({ batch: 128, encode: (_, x) => x });
  expect(chance).toBeCloseTo(Math.log(255) + 254 * Math.log(255 / 254), 12);
  expect(chance).toBeCloseTo(Math.log(255) + 1, 2);
});

test("separated pairs: a loss of nearly nothing, and a gradient that is still right", async () => {
  const [B, D] = [8, 8];
  const noise = unitRows(2 * B, D, 5);
  const data = noise.map((x, i) => (i % D === Math.floor(i / D) % B ? 1 : 0) + 1e-3 * x); // sample b along axis b
  const options = { ...PUBLISHED, temperature: 0.05 };
  const got = await run(data, D, options);
  expect(got.loss).toBeGreaterThan(0);
  expect(got.loss).toBeLessThan(1e-6);
  expect(relativeError([got.loss], [lossOf(data, D, options)])).toBeLessThan(1e-4);
  expect(relativeError(got.gradient, differences(data, D, options, 1e-4))).toBeLessThan(1e-3);
});

test("a negative that takes all of the denominator: finite loss and gradient, equal to float64", async () => {
  const [M, D] = [4, 4];
  const data = Float32Array.from(
    [
      [1, 0, 0, 0],
      [0.999, 0.04, 0, 0],
      [-1, 0, 0, 0],
      [0, 0, 1, 0],
    ].flat(),
  ); // 0 and 1 look alike
  const options: SpreadOptions = { ...PUBLISHED, gradient: "full", temperature: 0.05 };
  const got = await run(data, D, options);
  expect(relativeError([got.loss], [lossOf(data, D, options)])).toBeLessThan(1e-5);
  expect(got.loss).toBeGreaterThan(10);
  expect(got.gradient).toHaveLength(M * D);
  expect(relativeError(got.gradient, differences(data, D, options))).toBeLessThan(1e-4);
});

test("the gradient follows the factor of a loss above it", async () => {
  const data = unitRows(8, 4, 6);
  const [one, three] = [await run(data, 4, PUBLISHED), await run(data, 4, PUBLISHED, 3)];
  expect(
    relativeError(
      three.gradient,
      one.gradient.map((x) => 3 * x),
    ),
  ).toBeLessThan(1e-6);
});

test("a feature that is not finite shows in the loss", async () => {
  const data = unitRows(8, 4, 7);
  data[5] = Number.NaN;
  expect((await run(data, 4, PUBLISHED)).loss).not.toSatisfy(Number.isFinite);
});

describe("refused", () => {
  test.each([
    [{ temperature: 0 }, /temperature/],
    [{ gradient: "both" }, /gradient: expected one of anchor, full/],
    [{ selfSimilarity: 1 }, /selfSimilarity: expected true or false/],
    [{ negativeWeight: 0.5 }, /negativeWeight: expected a number of 1 or more/],
    [{ mode: "nce" }, /unknown option "mode": expected temperature/],
  ])("%j", (options, message) => {
    const make = () => new InvaSpread({ batch: 8, encode: (_, x) => x }, options as InvaSpreadOptions);
    expect(make).toThrow(UsageError);
    expect(make).toThrow(message);
  });

  test("one sample, one view, one view twice, views of two shapes, odd rows, a dimension that is no multiple of 4", async () => {
    expect(() => new InvaSpread({ batch: 1, encode: (_, x) => x })).toThrow(/batch: expected an integer of 2 or more/);
    const plan = new Plan(await testGpu(), "refused");
    const tape = openTape(plan, true);
    const index = plan.input("index", [4], "u32");
    const objective = new InvaSpread({ batch: 4, encode: (_, x) => x });
    const view = (rows: number, D = 4) => tape.input("view", [rows, D]);
    expect(() => objective.step(tape, { views: [view(4)], index })).toThrow(/expected two views/);
    expect(() => objective.step(tape, { views: [view(4), view(3)], index })).toThrow(ShapeError);
    const twice = view(4);
    expect(() => objective.step(tape, { views: [twice, twice], index })).toThrow(/both views are one tensor/);
    expect(() => contrastBatch(tape, view(5), PUBLISHED)).toThrow(ShapeError);
    expect(() => contrastBatch(tape, view(4, 6), PUBLISHED)).toThrow(/multiple of 4/);
    expect(() => contrastBatch(tape, view(2), PUBLISHED)).toThrow(/at least two samples/);
  });
});
