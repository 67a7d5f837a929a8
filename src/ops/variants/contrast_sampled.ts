import { toHalf } from "../../formats/half.ts";
import type { AdapterIdentity } from "../../gpu/device.ts";
import * as kernels from "../../gpu/kernels.gen.ts";
import type { Plan } from "../../gpu/plan.ts";
import { elements, type Operand } from "../../gpu/slot.ts";
import type { Offers, ShapeClass, Variant } from "../../gpu/variants.ts";
import { SAMPLED, type Sampled, sampledTiles } from "../contrast_sampled.ts";
import { SAMPLED_VIEWS, type SampledViews } from "../sampled_views.ts";
import { graphWords } from "../view_graph.ts";

/** Fewest lanes of a subgroup, vec4 of a piece of a row that a lane can hold, and pieces of a row. */
const LANES = 4;
const HELD = 8;
const PIECES = 4;
const needs = { lanes: LANES };
const fits = ({ params }: { readonly params: { readonly D: number } }): boolean => params.D <= 4 * LANES * HELD * PIECES;

/** A subgroup a workgroup, what each lane of the smallest has of a row, and in what order: a CPU waits for memory in order. */
function tiles(D: number, { subgroupMinSize, subgroupMaxSize, software }: AdapterIdentity) {
  const fours = Math.ceil(D / 4 / subgroupMinSize);
  const pieces = Math.ceil(fours / HELD);
  return { WG: subgroupMaxSize, FOURS: Math.ceil(fours / pieces), PIECES: pieces, RUNS: software ? 1 : 0 };
}

const sub: Variant<Sampled> = {
  ...{ name: "sub", needs, fits },
  record(plan, { operands, params, overrides }) {
    const { B, K, D, P } = params;
    const options = { overrides: { ...tiles(D, plan.gpu.adapter), ...overrides }, flops: 4 * B * K * D };
    plan.launch(kernels.bankSampledSub, operands, params, [P, B], options);
  },
};

const subViews: Variant<SampledViews> = {
  ...{ name: "sub", needs, fits },
  record(plan, { operands, params, overrides }) {
    const { B, K, D, E, P } = params;
    const options = { overrides: { ...tiles(D, plan.gpu.adapter), ...overrides }, flops: 4 * E * B * K * D };
    plan.launch(kernels.edgeSampledSub, operands, params, [P, B, E], options);
  },
};

/** Sizes of an example, and what both families take. */
const [B, K, D, N] = [4, 512, 128, 4096];
const sizes = { B, K, D, N, L: B * K, P: partsOf(), per: sampledTiles(K, D).per, inv_tau: 10, log_noise: -2 };
const overrides = { NCE: 1, DRAW: 0, KEEP: 0 };

function partsOf(): number {
  const { groups, TEAMS } = sampledTiles(K, D);
  return groups * TEAMS;
}

/** @param V views, each with a bank and anchors, and as many edges */
function inputs(plan: Plan, half: boolean, V: number) {
  const result = (label: string, shape: readonly number[]): Operand => ({
    slot: plan.slot(label, 4 * elements(shape)),
    shape,
    dtype: "f32",
  });
  const kept = plan.input("bank", [(V * N * D) / (half ? 2 : 1)]);
  const bank: Operand = { ...kept, shape: [V, N, D], ...(half && { layout: { half, shift: 31, more: [] } }) };
  const [features, log_z, rows] = [plan.input("features", [V, B, D]), plan.input("log_z", [V, 2]), plan.input("rows", [B, K], "u32")];
  const numbers = (of: Operand) => Float32Array.from({ length: elements(of.shape) }, (_, i) => 0.1 * Math.sin(1.7 * i));
  const filled = half ? new Float32Array(toHalf(numbers(bank)).buffer) : numbers(bank);
  const spread = Uint32Array.from({ length: B * K }, (_, i) => Math.imul(i, 2654435761) >>> 20);
  const outputs = { stats: result("stats", [V, B, sizes.P, 4]), partial: result("partial", [V, B, sizes.P, D]) };
  const feed = [[features, numbers(features)] as const, [kept, filled] as const, [rows, spread] as const];
  return { operands: { features, bank, rows, log_z, ...outputs }, result: outputs.partial, feed };
}

/** Measured (bench/README.md); for GPUs: reasoned, see the header of lib/sampled_sub.wgsl. */
const DEFAULTS = { swiftshader: "sub", llvmpipe: "sub", gpu: "sub" };

const ofBank = (half: boolean): ShapeClass<Sampled> => ({
  defaults: DEFAULTS,
  example(plan) {
    const { operands, ...rest } = inputs(plan, half, 1);
    return { task: { operands, params: { ...sizes, anchor0: 0 }, overrides }, ...rest };
  },
});

const ofViews = (half: boolean): ShapeClass<SampledViews> => ({
  defaults: DEFAULTS,
  example(plan) {
    const { operands, result, feed } = inputs(plan, half, 2);
    const edges = [0, 1].map((v) => ({ anchor: v, bank: 1 - v, weight: 1 }));
    const words = graphWords(edges, N, [undefined, undefined]);
    const graph = plan.input("graph", [words.length], "u32");
    const params = { ...sizes, V: 2, E: 2, G: words.length };
    const task = { operands: { ...operands, graph }, params, overrides: { ...overrides, MISSING: 0 } };
    return { task, result, feed: [...feed, [graph, words] as const] };
  },
});

export const SAMPLED_OFFERS: Offers<Sampled> = {
  family: SAMPLED,
  variants: [sub],
  classes: { f32: ofBank(false), f16: ofBank(true) },
};

export const SAMPLED_VIEWS_OFFERS: Offers<SampledViews> = {
  family: SAMPLED_VIEWS,
  variants: [subViews],
  classes: { f32: ofViews(false), f16: ofViews(true) },
};
