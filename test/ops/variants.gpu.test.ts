import { describe, expect, test } from "vitest";
import { Plan } from "../../src/gpu/plan.ts";
import type { Operand } from "../../src/gpu/slot.ts";
import { type Offers, supports } from "../../src/gpu/variants.ts";
import type { Convolution, WeightGradient } from "../../src/ops/conv2d.ts";
import type { Product } from "../../src/ops/matmul.ts";
import { bankVariant, FULL_OFFERS, FULL_VIEWS_OFFERS, SUB4, SUB16 } from "../../src/ops/variants/contrast_full.ts";
import { SAMPLED_OFFERS, SAMPLED_VIEWS_OFFERS } from "../../src/ops/variants/contrast_sampled.ts";
import { CONV2D_INPUT_OFFERS, CONV2D_OFFERS, CONV2D_WEIGHT_OFFERS } from "../../src/ops/variants/conv2d.ts";
import { loadOffers } from "../../src/ops/variants/index.ts";
import { CPC_DQ_OFFERS, CPC_DZ_OFFERS, CPC_SCORES_OFFERS } from "../../src/ops/variants/info_nce.ts";
import { MATMUL_OFFERS } from "../../src/ops/variants/matmul.ts";
import { type ConvSizes, convRef, convSizes, eachProduct, fewSizes, windowSizes } from "../conv_cases.ts";
import { testGpu } from "../host.ts";
import { productRef } from "../product_cases.ts";

/** A task on ragged sizes, and what it must give, in float64. */
interface VariantCase<T> {
  readonly title: string;
  make(plan: Plan): { readonly task: T; readonly result: Operand; readonly feed: readonly (readonly [Operand, Float32Array])[] };
  ref(feed: readonly Float32Array[]): Float64Array;
}

const numbers = (length: number, phase: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(phase + 1.7 * i));
const output = (plan: Plan, shape: readonly number[]): Operand => {
  const size = shape.reduce((a, b) => a * b, 1);
  return { slot: plan.slot("result", 4 * size), shape, dtype: "f32" };
};

const gpu = await testGpu();

/** Does every case by every variant that this adapter supports: one that it cannot do although it says so is a failure. */
function everyVariant<T>({ family, variants }: Offers<T>, cases: readonly VariantCase<T>[]): void {
  describe(family.name, () => {
    for (const variant of [family.general, ...variants].filter((one) => supports(gpu, one))) {
      const fitting = cases.filter(({ make }) => variant.fits?.(make(new Plan(gpu, "sizes")).task) ?? true);
      test(`${variant.name} fits some of the cases`, () => expect(fitting.length).toBeGreaterThan(0));
      for (const { title, make, ref } of fitting) {
        test(`${variant.name}: ${title}`, async () => {
          const plan = new Plan(gpu, variant.name);
          const { task, result, feed } = make(plan);
          variant.record(plan, task);
          plan.keep(result);
          await plan.open();
          plan.run(undefined, feed);
          const got = await plan.read(result);
          plan.close();
          compare(got, ref(feed.map(([, data]) => data)));
        });
      }
    }
  });
}

function compare(got: ArrayLike<number>, expected: Float64Array): void {
  expect(got.length).toBe(expected.length);
  const scale = expected.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const worst = expected.findIndex((v, i) => !(Math.abs(v - (got[i] ?? Number.NaN)) <= 1e-5 * scale));
  if (worst >= 0) throw new Error(`element ${worst} is ${got[worst]}, expected ${expected[worst]}`);
}

function productCase(M: number, N: number, K: number, transposeA: boolean, transposeB: boolean): VariantCase<Product> {
  return {
    title: `${M} x ${K} by ${K} x ${N}, ${transposeA ? "T" : "N"}${transposeB ? "T" : "N"}`,
    make(plan) {
      const [a, b, c] = [plan.input("a", [M * K]), plan.input("b", [K * N]), output(plan, [M, N])];
      const feed = [[a, numbers(M * K, 0)] as const, [b, numbers(K * N, 1)] as const];
      return { task: { a, b, c, M, N, K, transposeA, transposeB }, result: c, feed };
    },
    ref: ([a = new Float32Array(), b = new Float32Array()]) => productRef(a, b, M, N, K, transposeA, transposeB),
  };
}

const layouts = [false, true].flatMap((a) => [false, true].map((b) => [a, b] as const));
everyVariant(
  MATMUL_OFFERS,
  layouts.flatMap(([a, b]) => [
    productCase(7, 9, 5, a, b),
    productCase(68, 132, 520, a, b),
    productCase(33, 64, 24, a, b),
    productCase(64, 48, 20, a, b),
  ]),
);

function convolutionCase(p: ConvSizes, input: boolean): VariantCase<Convolution> {
  const [from, to] = [
    [p.B, p.I, p.H, p.W],
    [p.B, p.O, p.OH, p.OW],
  ];
  return {
    title: JSON.stringify(p),
    make(plan) {
      const [x, w, y] = [plan.input("x", input ? to : from), plan.input("w", [p.O, p.I, p.KH, p.KW]), output(plan, input ? from : to)];
      const feed = [x, w].map((operand, i) => [operand, numbers(operand.slot.bytes / 4, i)] as const);
      return { task: { x, w, y, p }, result: y, feed };
    },
    ref([x = new Float32Array(), w = new Float32Array()]) {
      if (!input) return convRef(x, w, p);
      const dx = new Float64Array(p.B * p.I * p.H * p.W);
      eachProduct(p, (y, i, tap) => {
        dx[i] = dx[i]! + x[y]! * w[tap]!;
      });
      return dx;
    },
  };
}

const square = { ...convSizes[2]!, O: 12, H: 14, W: 13, OH: 14, OW: 13 };
const convolutions = [...convSizes, ...windowSizes, ...fewSizes, square, { ...convSizes[3]!, I: 16, O: 48 }];
everyVariant(
  CONV2D_OFFERS,
  convolutions.map((p) => convolutionCase(p, false)),
);
everyVariant(
  CONV2D_INPUT_OFFERS,
  convolutions.map((p) => convolutionCase(p, true)),
);

/** Parts are compared one by one: pixels belong to chunks in order. */
function weightCase(p: ConvSizes, S: number): VariantCase<WeightGradient> {
  const [area, weights] = [p.OH * p.OW, p.O * p.I * p.KH * p.KW];
  const chunk = Math.ceil((p.B * area) / S);
  return {
    title: `${JSON.stringify(p)} in ${S}`,
    make(plan) {
      const [x, g] = [plan.input("x", [p.B, p.I, p.H, p.W]), plan.input("g", [p.B, p.O, p.OH, p.OW])];
      const part = output(plan, [S, p.O, p.I, p.KH, p.KW]);
      const feed = [x, g].map((operand, i) => [operand, numbers(operand.slot.bytes / 4, i)] as const);
      return { task: { x, g, part, p, S, chunk }, result: part, feed };
    },
    ref([x = new Float32Array(), g = new Float32Array()]) {
      const part = new Float64Array(S * weights);
      eachProduct(p, (y, i, tap) => {
        const pixel = Math.floor(y / (p.O * area)) * area + (y % area);
        const at = Math.floor(pixel / chunk) * weights + tap;
        part[at] = part[at]! + g[y]! * x[i]!;
      });
      return part;
    },
  };
}

const strided = { ...convSizes[3]!, I: 16, O: 48 };
everyVariant(CONV2D_WEIGHT_OFFERS, [
  ...[weightCase(square, 1), weightCase({ ...square, O: 16, I: 8 }, 3), weightCase(strided, 2)],
  ...[weightCase(windowSizes[0]!, 1), weightCase(windowSizes[1]!, 5), weightCase(windowSizes[2]!, 5)],
]);
/** Every variant gives what the general one gives, on the examples that `tune` measures by; kernels are held against float64 in test/kernels. */
function sameAsGeneral<T>({ family, variants, classes }: Offers<T>): void {
  const able = variants.filter((variant) => supports(gpu, variant));
  const cases = able.flatMap((variant) => Object.entries(classes).map(([shape, { example }]) => ({ variant, shape, example })));
  for (const { variant, shape, example } of cases) {
    test(`${family.name} ${shape}: ${variant.name} as ${family.general.name}`, async () => {
      const results: ArrayLike<number>[] = [];
      for (const way of [family.general, variant]) {
        const plan = new Plan(gpu, way.name);
        const { task, result, feed } = example(plan);
        expect(way.fits?.(task) ?? true).toBe(true);
        way.record(plan, task);
        plan.keep(result);
        await plan.open();
        plan.run(undefined, feed);
        results.push(await plan.read(result));
        plan.close();
      }
      const [general = [], own = []] = results;
      expect(Array.from(general).some((v) => v !== 0)).toBe(true);
      compare(own, Float64Array.from(general));
    });
  }
}
sameAsGeneral(SAMPLED_OFFERS);
sameAsGeneral(SAMPLED_VIEWS_OFFERS);
sameAsGeneral(CPC_SCORES_OFFERS);
sameAsGeneral(CPC_DQ_OFFERS);
sameAsGeneral(CPC_DZ_OFFERS);
sameAsGeneral(FULL_OFFERS);
// 16 of 32 anchors and one of 32 splits at a time, and all anchors of three splits.
const inPieces = [SUB16, SUB4].flatMap((form) =>
  [2048, 13_000].map((scratch) => bankVariant(`${form.scores.name}, ${scratch} weights at a time`, form, scratch)),
);
sameAsGeneral({ ...FULL_OFFERS, variants: inPieces, classes: { f32: FULL_OFFERS.classes.f32! } });
sameAsGeneral(FULL_VIEWS_OFFERS);

test("what this adapter cannot do, it says itself", async () => {
  for (const { family, variants } of await loadOffers()) {
    for (const { name, needs } of variants.filter((variant) => !supports(gpu, variant))) {
      const subgroups = gpu.features.has("subgroups") ? gpu.adapter.subgroupMinSize : 0;
      expect(needs?.lanes ?? 0, `${family.name} ${name}`).toBeGreaterThan(subgroups);
    }
  }
});

test("general variants need nothing, names are unique, and defaults are names", async () => {
  for (const { family, variants, classes } of await loadOffers()) {
    expect(family.general.needs ?? family.general.fits, family.name).toBeUndefined();
    const names = [family.general, ...variants].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { defaults } of Object.values(classes)) expect(names).toEqual(expect.arrayContaining(Object.values(defaults)));
  }
});
