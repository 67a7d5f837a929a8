import type { Tape } from "../autograd.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import { negativesOf } from "../ops/contrast_sampled.ts";
import type { ViewBanksView } from "../ops/contrast_views.ts";
import { graphSizes } from "../ops/view_graph.ts";
import type { Tensor } from "../tensor.ts";
import { candidatesPerLane, type Normalizer, type Scores } from "./normalizer.ts";

/**
 * Appends what must run before scoring so that the Z of every edge is known: as `estimateNormalizer`, over the samples that have both views.
 * @param scores features f32[V, B, D]
 */
export function estimateEdgeNormalizers(tape: Tape, banks: ViewBanksView, normalizer: Normalizer, scores: Scores): void {
  if (normalizer.kind === "given") return;
  const all = normalizer.kind === "exact";
  const every = normalizer.kind === "exact" ? (normalizer.every ?? 100) : 0;
  const { MISSING, ...sizes } = graphSizes(banks.graph);
  const { N, E } = sizes;
  const [, B = 0, D = 0] = scores.features.shape;
  const { K, operand, L, overrides } = negativesOf(scores.negatives, scores.index);
  const M = all ? N : K + 1;
  const per = candidatesPerLane(M);
  const C = Math.ceil(M / per);
  const sums = tape.tensor([E, B, C, 4], "f32", "normaliser sums");
  const { features, index } = scores;
  const operands = { features, bank: banks.table, index, negatives: operand, log_z: banks.logZ, graph: banks.graph.table, sums };
  const params = { ...sizes, B, D, L, C, M, per, every, inv_tau: 1 / scores.temperature };
  const options = { overrides: { ...overrides, ALL: all ? 1 : 0, MISSING }, flops: 2 * E * B * M * D };
  tape.launch(kernels.edgeScores, operands, params, [Math.ceil((B * C) / 64), E], options);
  const log_scale = Math.log(N) - Math.log(M / C);
  tape.launch(kernels.edgeNormalizer, { sums, log_z: banks.logZ }, { E, R: B * C, every, log_scale, rate: 0 }, [E]);
}

/**
 * Appends the exponential average, after scoring; nothing for the other kinds.
 * @param terms f32[E, B, 4] of `contrastViews`
 * @param candidates number of scores behind each of them, the positive included
 */
export function trackEdgeNormalizers(tape: Tape, banks: ViewBanksView, normalizer: Normalizer, terms: Tensor, candidates: number): void {
  if (normalizer.kind !== "average") return;
  const [E = 0, B = 0] = terms.shape;
  const log_scale = Math.log(banks.graph.rows) - Math.log(candidates);
  const params = { E, R: B, every: 0, log_scale, rate: normalizer.rate ?? 0.01 };
  tape.launch(kernels.edgeNormalizer, { sums: terms, log_z: banks.logZ }, params, [E]);
}
