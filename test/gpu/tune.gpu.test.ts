import { expect, test } from "vitest";
import * as kernels from "../../src/gpu/kernels.gen.ts";
import type { Plan } from "../../src/gpu/plan.ts";
import type { Operand } from "../../src/gpu/slot.ts";
import { choicesOf, type TuneRow, tune } from "../../src/gpu/tune.ts";
import { type Offers, type Variant, withVariants } from "../../src/gpu/variants.ts";
import { testGpu } from "../host.ts";

/** y = 2 x. */
interface Doubling {
  readonly x: Operand;
  readonly y: Operand;
}

const N = 1000;
const scaled = (name: string, factor: number, more: Partial<Variant<Doubling>> = {}): Variant<Doubling> => ({
  name,
  record: (plan, { x, y }) => plan.launch(kernels.scale, { x, y }, { N, factor }, [Math.ceil(N / 256)]),
  ...more,
});
const broken: Variant<Doubling> = {
  name: "broken",
  record(plan: Plan, { x, y }: Doubling) {
    const kernel = {
      ...kernels.scale,
      file: "broken.wgsl",
      code: kernels.scale.code.replace("@compute", "fn nothing() -> u32 {}\n@compute"),
    };
    plan.launch(kernel, { x, y }, { N, factor: 2 }, [Math.ceil(N / 256)]);
  },
};
const offers: Offers<Doubling> = {
  family: { name: "double", general: scaled("general", 2), classOf: () => "all" },
  variants: [
    scaled("same", 2),
    scaled("wrong", 3),
    broken,
    scaled("absent", 2, { needs: { lanes: 1000 } }),
    scaled("elsewhere", 2, { fits: () => false }),
  ],
  classes: {
    all: {
      defaults: { swiftshader: "general", llvmpipe: "general", gpu: "general" },
      example(plan) {
        const [x, y] = [plan.input("x", [N]), { slot: plan.slot("y", 4 * N), shape: [N], dtype: "f32" as const }];
        return { task: { x, y }, result: y, feed: [[x, Float32Array.from({ length: N }, (_, i) => i)] as const] };
      },
    },
  },
};

test("tune times what works, says what does not, and never chooses it", async () => {
  const gpu = withVariants(await testGpu(), { offers: [offers], choices: {}, origin: "" });
  const emitted: TuneRow[] = [];
  const rows = await tune(gpu, (row) => emitted.push(row));
  expect(emitted).toEqual(rows);
  expect(rows).toMatchObject([{ family: "double", shape: "all", default: "general" }]);
  const candidates = rows[0]?.candidates ?? [];
  expect(candidates.map(({ variant }) => variant).toSorted()).toEqual(["broken", "general", "same", "wrong"]);
  for (const { variant, milliseconds, error } of candidates) {
    if (variant === "wrong") expect(error).toMatch(/wrong on this adapter: element 2 is 6, expected 4/);
    else if (variant === "broken") expect(error).toMatch(/missing return/);
    else expect([milliseconds > 0, error]).toEqual([true, undefined]);
  }
  expect(["general", "same"]).toContain(rows[0]?.winner);
  expect(choicesOf(rows)).toEqual({ "double/all": rows[0]?.winner });
});
