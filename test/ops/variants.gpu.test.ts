import { describe, expect, test } from "vitest";
import { Plan } from "../../src/gpu/plan.ts";
import type { Operand } from "../../src/gpu/slot.ts";
import { type Offers, supports } from "../../src/gpu/variants.ts";
import type { Product } from "../../src/ops/matmul.ts";
import { SAMPLED_OFFERS, SAMPLED_VIEWS_OFFERS } from "../../src/ops/variants/contrast_sampled.ts";
import { OFFERS } from "../../src/ops/variants/index.ts";
import { MATMUL_OFFERS } from "../../src/ops/variants/matmul.ts";
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

/** Does every case by every variant that this adapter supports: one that it cannot do although it says so is a failure. */
function everyVariant<T>({ family, variants }: Offers<T>, cases: readonly VariantCase<T>[]): void {
  describe(family.name, () => {
    for (const variant of [family.general, ...variants]) {
      for (const { title, make, ref } of cases) {
        test(`${variant.name}: ${title}`, async ({ skip }) => {
          const gpu = await testGpu();
          if (!supports(gpu, variant)) return skip(`${gpu.name} lacks ${JSON.stringify(variant.needs)}`);
          const plan = new Plan(gpu, variant.name);
          const { task, result, feed } = make(plan);
          if (!(variant.fits?.(task) ?? true)) return skip("does not fit this task");
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
  layouts.flatMap(([a, b]) => [productCase(7, 9, 5, a, b), productCase(68, 132, 520, a, b), productCase(33, 64, 24, a, b)]),
);

/** Every variant gives what the general one gives, on the examples that `tune` measures by; kernels are held against float64 in test/kernels. */
function sameAsGeneral<T>({ family, variants, classes }: Offers<T>): void {
  const cases = variants.flatMap((variant) => Object.entries(classes).map(([shape, { example }]) => ({ variant, shape, example })));
  for (const { variant, shape, example } of cases) {
    test(`${family.name} ${shape}: ${variant.name} as ${family.general.name}`, async ({ skip }) => {
      const gpu = await testGpu();
      if (!supports(gpu, variant)) return skip(`${gpu.name} lacks ${JSON.stringify(variant.needs)}`);
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
      expect(Math.max(...Array.from(general, Math.abs))).toBeGreaterThan(0);
      compare(own, Float64Array.from(general));
    });
  }
}
sameAsGeneral(SAMPLED_OFFERS);
sameAsGeneral(SAMPLED_VIEWS_OFFERS);

test("general variants need nothing, names are unique, and defaults are names", () => {
  for (const { family, variants, classes } of OFFERS) {
    expect(family.general.needs ?? family.general.fits, family.name).toBeUndefined();
    const names = [family.general, ...variants].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { defaults } of Object.values(classes)) expect(names).toEqual(expect.arrayContaining(Object.values(defaults)));
  }
});
