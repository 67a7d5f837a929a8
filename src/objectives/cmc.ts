import type { Tape } from "../autograd.ts";
import type { Normalizer } from "../bank/normalizer.ts";
import type { BankStart } from "../bank/start.ts";
import type { Precision } from "../bank/table.ts";
import { ViewBanks } from "../bank/view_banks.ts";
import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import type { ContrastMode } from "../ops/contrast_bank.ts";
import type { Negatives } from "../ops/contrast_sampled.ts";
import { contrastViews, viewRows } from "../ops/contrast_views.ts";
import { reshape } from "../ops/reshape.ts";
import { stack } from "../ops/stack.ts";
import type { Presence, ViewEdge } from "../ops/view_graph.ts";
import { checkChoice, checkNames, checkNumber } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import type { Batch, Encode, Objective, ObjectiveStep } from "./objective.ts";
import { checkPresence, type GraphOption, type Reduction, viewEdges } from "./view_edges.ts";

/** Below this many rows, contrasting with all of them costs less than the encoder does (methods.md 5.3), and learns best. */
const FULL_BELOW = 200_000;

export interface CmcOptions {
  /**
   * `full-softmax`: against every other row (default below 200,000 rows). `softmax`: against K sampled rows (default above; the published
   * code's --softmax). `nce`: binary, against K sampled rows, with a normaliser Z for every ordered pair of views (the paper).
   */
  readonly mode?: ContrastMode;
  /** T > 0. Default 0.1 (the published code: 0.07). */
  readonly temperature?: number;
  /** K > 0 sampled rows an anchor, the same ones along all edges; `full-softmax` ignores it. Default 1024 (the published code: 16384). */
  readonly negatives?: number;
  /** Whether an anchor's own row may be drawn as a negative, as in the published code. Default false. */
  readonly keepPositive?: boolean;
  /** Share of the old row that a bank update keeps, in [0, 1). Default 0.5, as published. */
  readonly momentum?: number;
  /** Rows before their first update. Default `features`; the published code: `uniform`. */
  readonly start?: BankStart;
  /** How every Z is found (`nce` only). Default `first-batch`, as published. */
  readonly normalizer?: Normalizer;
  /** Of the bank's rows in memory: `f16` halves it, arithmetic stays f32. Default `f32`. */
  readonly precision?: Precision;
  /** Default `full`. */
  readonly graph?: GraphOption;
  /** Default `sum`, as published: the scale grows with the number of pairs, 2 (V - 1) for `core`, V (V - 1) for `full`. */
  readonly reduction?: Reduction;
}

/** One view of the data. */
export interface CmcView {
  /** For messages, and for edges. */
  readonly name: string;
  /** [N]: 1 where a sample has this view, 0 where it lacks it. Absent: all have it. */
  readonly present?: Uint8Array | undefined;
}

/** What the options do not say: the data and the model. */
export interface CmcSetting {
  /** Samples in the data set, N. */
  readonly rows: number;
  /** Numbers in a feature, D: of every view's. */
  readonly dim: number;
  /** V of them, at least two, in the order of `Batch.views`. */
  readonly views: readonly CmcView[];
  /**
   * An encoder a view; or one for all, which then takes the views of a batch as one batch of V * B (one pass; batch norm sees all
   * views, so views must agree in shape).
   */
  readonly encode: Encode | readonly Encode[];
  /** Of the banks' start values. Default 0. */
  readonly seed?: number;
}

/** One recorded step of CMC. */
export interface CmcStep extends ObjectiveStep {
  /** f32[E, 2], an edge of `Cmc.edges` a row: its mean contrast over the samples that have both views (0: none has). */
  readonly pairs: Tensor;
}

const OPTIONS = ["mode", "temperature", "negatives", "keepPositive", "momentum", "start", "normalizer", "precision", "graph", "reduction"];

/**
 * Contrastive multiview coding (Tian, Krishnan, Isola 2020, arXiv:1906.05849) of any number of views: each view has a memory bank, and an
 * anchor must recognise its sample in the banks of other views.
 *
 * A sample may lack a view: its pairs with that view are left out of the mean of their edge (over the samples of the batch that have
 * both), its row is neither written nor drawn. Its pixels still pass the encoder's batch norm: give zeros.
 */
export class Cmc implements Objective {
  readonly name = "cmc";
  readonly views: number;
  readonly accumulates = "its negatives are drawn by a sample's place in the batch, so that parts of it would share their draws";
  readonly banks: ViewBanks;
  /** The ordered pairs of views, in the order of `CmcStep.pairs`. */
  readonly edges: readonly ViewEdge[];
  readonly chance?: number;
  readonly prepare?: Objective["prepare"];
  readonly #encode: Encode | readonly Encode[];
  readonly #options: { mode: ContrastMode; temperature: number; negatives: Negatives };

  /** @throws UsageError on an option that is unknown or out of range, and as `viewEdges`, `checkPresence` */
  constructor(gpu: Gpu, { rows, dim, views, encode, seed = 0 }: CmcSetting, options: CmcOptions = {}) {
    checkOptions(options);
    const { temperature = 0.1, negatives = 1024, keepPositive = false, graph = "full", reduction = "sum" } = options;
    const { mode = rows < FULL_BELOW ? "full-softmax" : "softmax", momentum = 0.5, start = "features", normalizer, precision } = options;
    if (rows < 2) throw new UsageError(`cmc: expected at least two samples, got ${rows}: one has no other to be told from`);
    const names = views.map(({ name }) => name);
    const present = views.map((view) => view.present);
    this.edges = viewEdges(names, graph, reduction);
    checkPresence(names, rows, this.edges, present);
    if (typeof encode !== "function" && encode.length !== views.length)
      throw new UsageError(`cmc: expected one encoder, or one a view (${views.length}), got ${encode.length}`);
    this.views = views.length;
    this.#encode = encode;
    this.#options = { mode, temperature, negatives: { count: negatives, keepPositive } };
    const bank = { rows, dim, momentum, start, seed, ...(normalizer && { normalizer }), ...(precision && { precision }) };
    this.banks = new ViewBanks(gpu, { ...bank, edges: this.edges, present });
    if (mode !== "nce") this.chance = chanceOf(this.edges, present, rows, mode === "softmax" ? negatives : undefined);
    if (start === "features") this.prepare = (tape, batch) => this.#fill(tape, batch);
  }

  step(tape: Tape, { views, index, negatives }: Batch): CmcStep {
    const features = this.#features(tape, views); // f32[V, B, D]
    const rows = viewRows(tape, this.banks.graph, index);
    const options = negatives ? { ...this.#options, negatives: { rows: negatives } } : this.#options;
    const nce = options.mode === "nce";
    if (nce) this.banks.estimate(tape, { features, index, ...options });
    const { loss, means, terms } = contrastViews(tape, features, this.banks, { index, rows }, options);
    const commit = () => {
      if (nce) this.banks.track(tape, terms, 1 + countOf(options.negatives));
      this.banks.update(tape, rows, features); // after all scores of all edges: a row must not meet its own new self
    };
    return { loss, report: { loss }, features: [features], pairs: means, commit };
  }

  /** Features f32[V, B, D] of the views of a batch. */
  #features(tape: Tape, views: readonly Tensor[]): Tensor {
    if (views.length !== this.views) throw new UsageError(`cmc: expected ${this.views} views of each sample, got ${views.length}`);
    const encode = this.#encode;
    if (typeof encode !== "function")
      return stack(
        tape,
        encode.map((own, v) => own(tape, views[v] as Tensor)),
      );
    const batch = stack(tape, views);
    const [V = 0, B = 0, ...rest] = batch.shape;
    const features = encode(tape, reshape(tape, batch, [V * B, ...rest]));
    return reshape(tape, features, [V, B, features.size / (V * B)]);
  }

  #fill(tape: Tape, { views, index }: Batch): void {
    this.banks.fill(tape, viewRows(tape, this.banks.graph, index), this.#features(tape, views));
  }

  state() {
    return this.banks.state();
  }

  destroy(): void {
    this.banks.destroy();
  }
}

const countOf = (negatives: Negatives): number => ("rows" in negatives ? (negatives.rows.shape[1] ?? 0) : negatives.count);

/** Loss of encoders that tell nothing apart: each edge counts its candidates, those of K draws or all rows that have the view. */
function chanceOf(edges: readonly ViewEdge[], present: Presence, rows: number, draws: number | undefined): number {
  const there = (v: number): number => present[v]?.reduce((n, flag) => n + flag, 0) ?? rows;
  return edges.reduce((sum, { bank, weight }) => sum + weight * Math.log(draws === undefined ? there(bank) : draws + 1), 0);
}

function checkOptions(options: CmcOptions): void {
  checkNames("cmc", options, OPTIONS);
  const { mode, temperature, negatives, keepPositive, reduction } = options;
  if (mode !== undefined) checkChoice("cmc: mode", mode, ["nce", "softmax", "full-softmax"]);
  if (temperature !== undefined) checkNumber("cmc: temperature", temperature, { min: 0, above: true });
  if (negatives !== undefined) checkNumber("cmc: negatives", negatives, { min: 1, integer: true });
  if (reduction !== undefined) checkChoice("cmc: reduction", reduction, ["sum", "mean"]);
  if (keepPositive !== undefined && typeof keepPositive !== "boolean")
    throw new UsageError(`cmc: keepPositive: expected true or false, got ${JSON.stringify(keepPositive)}`);
}
