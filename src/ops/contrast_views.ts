import type { Tape } from "../autograd.ts";
import { ShapeError, UsageError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";
import type { ContrastOptions } from "./contrast_bank.ts";
import { fullSplits } from "./contrast_full.ts";
import { rowsOf } from "./contrast_parts.ts";
import { logNoise, negativesOf, sampledTiles } from "./contrast_sampled.ts";
import { FULL_VIEWS } from "./full_views.ts";
import { SAMPLED_VIEWS } from "./sampled_views.ts";
import { scaleBy } from "./scale.ts";
import { graphSizes, type ViewGraph } from "./view_graph.ts";

/** The banks of V views as the kernels see them: data, never on the tape. `src/bank/view_banks.ts` makes one. */
export interface ViewBanksView {
  /** [V, N, D], D a multiple of 4; in halves or shards if need be. */
  readonly table: Operand;
  /** f32[E, 2]: the logarithm of each edge's NCE normaliser Z, and 1 once it is known. */
  readonly logZ: Operand;
  readonly graph: ViewGraph;
}

export interface ViewContrast {
  /** f32[1]: the sum over edges of weight times mean. Carries the gradient into the features. */
  readonly loss: Tensor;
  /** f32[E, 2]: the mean contrast of each edge over the samples that have both of its views (0 where none has), and weight / their number. */
  readonly means: Tensor;
  /** f32[E, B, 4]: contrast, pull, ln sum of exp(score) over positive and negatives, 1; (0, 0, -1e30, 0) where a view is missing. */
  readonly terms: Tensor;
}

/** A batch as the banks know it. */
export interface BatchRows {
  /** u32[B], rows within a bank. */
  readonly index: Operand;
  /** u32[V * B], of `viewRows`. */
  readonly rows: Operand;
}

/** Appends the launch that says where each view of each sample lives in the banks: u32[V * B], 2^32 - 1 where the sample lacks the view. */
export function viewRows(tape: Tape, graph: ViewGraph, index: Operand): Tensor {
  const { MISSING, V, ...sizes } = graphSizes(graph);
  const B = index.shape[0] ?? 0;
  const rows = tape.tensor([V * B], "u32", "bank rows");
  const overrides = { MISSING };
  tape.launch(kernels.edgeRows, { index, graph: graph.table, rows }, { V, B, ...sizes }, [Math.ceil((V * B) / 64)], { overrides });
  return rows;
}

/**
 * Contrast of the features of V views along the edges of a graph (Tian, Krishnan, Isola 2020, arXiv:1906.05849, eq. 4, 7, 8): anchors of
 * one view against the other view's bank, whose row of the same sample is the positive. All edges take the same negatives. The banks
 * are data and get no gradient. A sample that lacks one of an edge's views has no part in the edge's mean, and no gradient from it; rows
 * of such samples are no negatives either: draws that hit one are left out, so that K/N stays the ratio of noise to rows.
 * @param features f32[V, B, D], unit rows, D a multiple of 4
 * @throws ShapeError, UsageError
 */
export function contrastViews(
  tape: Tape,
  features: Tensor,
  banks: ViewBanksView,
  batch: BatchRows,
  options: Omit<ContrastOptions, "proximal">,
): ViewContrast {
  check(features, banks, batch, options);
  const parts =
    options.mode === "full-softmax" ? full(tape, features, banks, batch, options) : sampled(tape, features, banks, batch, options);
  const own = rowsOf(tape, banks.table, batch.rows).as(features.shape);
  const terms = termsOf(tape, features, own, banks, batch, parts, options);
  const { B, E, G, MISSING } = sizesOf(features, banks);
  const loss = tape.tensor([1], "f32", "loss");
  const means = tape.tensor([E, 2], "f32", "edge means");
  tape.launch(kernels.edgeMean, { terms, graph: banks.graph.table, loss, means }, { B, E, G }, [1], { overrides: { MISSING } });
  const gradient = gradientOf(tape, features, own, banks, parts, terms, means, options.temperature);
  tape.record(loss, [features], (d) => [scaleBy(tape, gradient, d)]);
  return { loss, means, terms };
}

interface Parts {
  readonly candidates: number;
  readonly P: number;
  /** f32[E, B, P, 4] */
  readonly stats: Tensor;
  /** f32[E, B, P, D] */
  readonly partial: Tensor;
}

function partsFor(tape: Tape, features: Tensor, banks: ViewBanksView, P: number, candidates: number): Parts {
  const { B, D, E } = sizesOf(features, banks);
  const stats = tape.tensor([E, B, P, 4], "f32", "contrast sums");
  const partial = tape.tensor([E, B, P, D], "f32", "contrast gradient parts");
  return { candidates, P, stats, partial };
}

type Options = Omit<ContrastOptions, "proximal">;

function full(tape: Tape, features: Tensor, banks: ViewBanksView, { index }: BatchRows, { temperature }: Options): Parts {
  const { MISSING, ...sizes } = sizesOf(features, banks);
  const { slices, per, P } = fullSplits(sizes.N, sizes.D, sizes.E);
  const parts = partsFor(tape, features, banks, P, sizes.N - 1);
  const { stats, partial } = parts;
  const operands = { features, bank: banks.table, index, graph: banks.graph.table, stats, partial };
  const params = { ...sizes, P, slices, per, inv_tau: 1 / temperature };
  tape.perform(FULL_VIEWS, { operands, params, overrides: { MISSING }, edges: banks.graph.edges });
  return parts;
}

function sampled(tape: Tape, features: Tensor, banks: ViewBanksView, { index }: BatchRows, options: Options): Parts {
  const { mode, negatives, temperature } = options;
  if (!negatives) throw new UsageError(`${mode}: expected negatives, a count or row numbers, got none`);
  const { V, B, N, D, E, G, MISSING } = sizesOf(features, banks);
  const { K, operand, L, overrides } = negativesOf(negatives, index);
  const { LANES, TEAMS, per, groups } = sampledTiles(K, D);
  if (LANES > 256) throw new UsageError(`sampled negatives: expected features of at most 4096 numbers, got ${D}. Project them to fewer.`);
  const parts = partsFor(tape, features, banks, groups * TEAMS, K);
  const { stats, partial, P } = parts;
  const NCE = mode === "nce" ? 1 : 0;
  const params = { V, B, N, D, E, G, K, L, P, per, inv_tau: 1 / temperature, log_noise: NCE ? logNoise(K, N) : 0 };
  const { table: bank, logZ: log_z, graph } = banks;
  const operands = { features, bank, rows: operand, log_z, graph: graph.table, stats, partial };
  tape.perform(SAMPLED_VIEWS, { operands, params, overrides: { NCE, MISSING, ...overrides } });
  return parts;
}

function termsOf(
  tape: Tape,
  features: Tensor,
  own: Tensor,
  banks: ViewBanksView,
  { rows }: BatchRows,
  parts: Parts,
  options: Options,
): Tensor {
  const { MISSING, N, ...sizes } = sizesOf(features, banks);
  const { B, D, E } = sizes;
  const { candidates: K, stats, P } = parts;
  const NCE = options.mode === "nce" ? 1 : 0;
  const bias = NCE ? { log_noise: logNoise(K, N), floor: K * Math.log1p((1e-7 * N) / K) } : { log_noise: 0, floor: 0 };
  const terms = tape.tensor([E, B, 4], "f32", "contrast terms");
  const operands = { features, own, rows, log_z: banks.logZ, graph: banks.graph.table, stats, terms };
  const launch = { overrides: { NCE, MISSING }, flops: 2 * E * B * (D + 8 * P) };
  tape.launch(kernels.edgeTerms, operands, { ...sizes, P, inv_tau: 1 / options.temperature, ...bias }, [B, E], launch);
  return terms;
}

function gradientOf(
  tape: Tape,
  features: Tensor,
  own: Tensor,
  banks: ViewBanksView,
  { stats, partial, P }: Parts,
  terms: Tensor,
  means: Tensor,
  temperature: number,
): Tensor {
  const { MISSING, N: _, ...sizes } = sizesOf(features, banks);
  const { V, B, D, E } = sizes;
  const gradient = tape.tensor(features.shape, "f32", "contrast gradient");
  const operands = { own, graph: banks.graph.table, stats, partial, terms, means, gradient };
  const launch = { overrides: { MISSING }, flops: 2 * E * B * P * D };
  tape.launch(kernels.edgeGradient, operands, { ...sizes, P, inv_tau: 1 / temperature }, [B, V], launch);
  return gradient;
}

const sizesOf = (features: Tensor, { graph }: ViewBanksView) => ({
  B: features.shape[1] ?? 0,
  D: features.shape[2] ?? 0,
  ...graphSizes(graph),
});

function check(
  features: Tensor,
  { table, graph }: ViewBanksView,
  { index, rows }: BatchRows,
  { temperature, mode, negatives }: Options,
): void {
  const [V, B = 0, D = 0] = features.shape;
  const fits = V === graph.views && table.shape.join() === [V, graph.rows, D].join() && index.shape[0] === B && rows.shape[0] === V * B;
  if (features.shape.length !== 3 || !fits || B === 0)
    throw new ShapeError(
      `contrastViews: expected features [${graph.views},B,D], banks [${graph.views},${graph.rows},D], index [B], rows [${graph.views}*B], ` +
        `got [${features.shape}], [${table.shape}], [${index.shape}], [${rows.shape}]`,
    );
  if (D % 4 !== 0) throw new UsageError(`contrastViews: expected features of a multiple of 4 numbers, got ${D}. Pad the projection.`);
  if (!(temperature > 0)) throw new UsageError(`contrastViews: expected a temperature above 0, got ${temperature}`);
  const drawn = mode !== "full-softmax" && negatives !== undefined && "count" in negatives ? negatives : undefined;
  if (drawn && !(Number.isInteger(drawn.count) && drawn.count > 0))
    throw new UsageError(`${mode}: expected a whole number of negatives above 0, got ${drawn.count}`);
  if (graph.rows < 2) throw new UsageError(`${mode}: expected banks of at least two rows, got ${graph.rows}: one row has no other`);
}
