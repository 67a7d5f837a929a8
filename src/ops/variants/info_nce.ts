import * as kernels from "../../gpu/kernels.gen.ts";
import type { Plan } from "../../gpu/plan.ts";
import { elements, type Operand } from "../../gpu/slot.ts";
import type { Offers, ShapeClass, Variant } from "../../gpu/variants.ts";
import { CPC_DQ, CPC_DZ, CPC_SCORES, type CpcDq, type CpcDz, type CpcScores, cpcFlops } from "../info_nce_all.ts";

/** Groups of consecutive rows, large enough to fill tiles. */
const fits = ({ params, overrides }: { readonly params: { readonly N: number }; readonly overrides: { readonly TIME: 0 | 1 } }): boolean =>
  overrides.TIME === 0 && params.N >= 64;

/** Tiles for adapters on which loads cost most, and for compilers that spill: as matmul_sub16 and matmul_sub4. */
const FORMS = [
  { name: "sub16", needs: { lanes: 4 }, scores: kernels.cpcScoresSub16, dq: kernels.cpcDqSub16, dz: kernels.cpcDzSub16, wide: 16 },
  { name: "sub4", needs: { lanes: 8 }, scores: kernels.cpcScoresSub4, dq: kernels.cpcDqSub4, dz: kernels.cpcDzSub4, wide: 4 },
] as const;
type Form = (typeof FORMS)[number];

/** One subgroup a workgroup: fewest lanes without work. */
const lanesOf = ({ gpu }: Plan, { needs }: Form): number => Math.max(needs.lanes, gpu.adapter.subgroupMaxSize);

const scores = (form: Form): Variant<CpcScores> => ({
  ...{ name: form.name, needs: form.needs, fits },
  record(plan, { operands, params: { T: _, skip: __, stride: ___, ...params } }) {
    const WG = lanesOf(plan, form);
    const { K, G, M, N } = params;
    const grid = [Math.ceil(N / (form.wide * WG)), Math.ceil(M / 16), K * G];
    plan.launch(form.scores, operands, params, grid, { overrides: { WG }, flops: cpcFlops(params) });
  },
});

const dq = (form: Form): Variant<CpcDq> => ({
  ...{ name: form.name, needs: form.needs, fits },
  record(plan, { operands, params: { T: _, skip: __, stride: ___, ...params }, overrides: { SHARED = 0 } }) {
    const WG = lanesOf(plan, form);
    const { K, G, M, D } = params;
    const grid = [Math.ceil(D / (form.wide * WG)), Math.ceil(M / 16), (SHARED ? 1 : K) * G];
    plan.launch(form.dq, operands, params, grid, { overrides: { WG, SHARED }, flops: cpcFlops(params) });
  },
});

const dz = (form: Form): Variant<CpcDz> => ({
  ...{ name: form.name, needs: form.needs, fits },
  record(plan, { operands, params: { T: _, skip: __, stride: ___, ...params } }) {
    const WG = lanesOf(plan, form);
    const { G, N, D } = params;
    plan.launch(form.dz, operands, params, [Math.ceil(D / (form.wide * WG)), Math.ceil(N / 16), G], {
      overrides: { WG },
      flops: cpcFlops(params),
    });
  },
});

const DEFAULTS = { swiftshader: "sub16", llvmpipe: "sub4", gpu: "product" };

/** Two steps ahead of a batch of 150 frames, 64 numbers each; fours of scores past the last frame are filled up. */
const [K, N, D] = [2, 150, 64];
const QUADS = Math.ceil(N / 4);
const params = { R: N, Q: K, D, K, G: 1, M: N, N, T: N, span: N, k0: 0, m0: 0, skip: 0, stride: 1, alpha: 0.5 };
const overrides = { TIME: 0 } as const;

/** Operands of an example by name: the last one is the result, the others hold numbers; derivatives are 0 past the last frame. */
function operandsOf(plan: Plan) {
  const shapes = { q: [N, K, D], z: [N, D], tally: [2 * K], d: [K, 1, N, QUADS, 4] };
  const number = (i: number) => Math.sin(1 + 1.7 * i);
  const make = (name: keyof typeof shapes) => {
    const operand = plan.input(name, shapes[name]);
    const numbers = Float32Array.from({ length: elements(operand.shape) }, (_, i) =>
      name === "d" && i % (4 * QUADS) >= N ? 0 : number(i),
    );
    return { operand, feed: [operand, numbers] as const };
  };
  const result = (shape: readonly number[]): Operand => ({ slot: plan.slot("result", 4 * elements(shape)), shape, dtype: "f32" });
  return { make, result, shapes };
}

const rows = {
  scores: {
    defaults: DEFAULTS,
    example(plan) {
      const { make, result, shapes } = operandsOf(plan);
      const [q, z, s] = [make("q"), make("z"), result(shapes.d)];
      return { task: { operands: { q: q.operand, z: z.operand, s }, params, overrides }, result: s, feed: [q.feed, z.feed] };
    },
  } satisfies ShapeClass<CpcScores>,
  dq: {
    defaults: DEFAULTS,
    example(plan) {
      const { make, result, shapes } = operandsOf(plan);
      const [z, d, tally, dq] = [make("z"), make("d"), make("tally"), result(shapes.q)];
      const operands = { z: z.operand, d: d.operand, tally: tally.operand, dq };
      return { task: { operands, params: { ...params, S: K, more: 0 }, overrides }, result: dq, feed: [z.feed, d.feed, tally.feed] };
    },
  } satisfies ShapeClass<CpcDq>,
  dz: {
    defaults: DEFAULTS,
    example(plan) {
      const { make, result, shapes } = operandsOf(plan);
      const [q, d, tally, dz] = [make("q"), make("d"), make("tally"), result(shapes.z)];
      const operands = { q: q.operand, d: d.operand, tally: tally.operand, dz };
      return { task: { operands, params: { ...params, S: K, more: 0 }, overrides }, result: dz, feed: [q.feed, d.feed, tally.feed] };
    },
  } satisfies ShapeClass<CpcDz>,
};

export const CPC_SCORES_OFFERS: Offers<CpcScores> = { family: CPC_SCORES, variants: FORMS.map(scores), classes: { rows: rows.scores } };
export const CPC_DQ_OFFERS: Offers<CpcDq> = { family: CPC_DQ, variants: FORMS.map(dq), classes: { rows: rows.dq } };
export const CPC_DZ_OFFERS: Offers<CpcDz> = { family: CPC_DZ, variants: FORMS.map(dz), classes: { rows: rows.dz } };
