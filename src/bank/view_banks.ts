import type { Tape } from "../autograd.ts";
import type { Gpu } from "../gpu/device.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import { Store } from "../gpu/store.ts";
import type { ViewBanksView } from "../ops/contrast_views.ts";
import { graphWords, isMissing, type Presence, type ViewEdge, type ViewGraph } from "../ops/view_graph.ts";
import type { Tensor } from "../tensor.ts";
import { checkBankOptions, type MemoryBankOptions } from "./memory_bank.ts";
import type { Normalizer, Scores } from "./normalizer.ts";
import { startRows } from "./start.ts";
import { Table } from "./table.ts";
import { estimateEdgeNormalizers, trackEdgeNormalizers } from "./view_normalizer.ts";

export interface ViewBanksOptions extends MemoryBankOptions {
  /** Which views are held against which; a normaliser belongs to each. */
  readonly edges: readonly ViewEdge[];
  /** V entries: which samples have the view. */
  readonly present: Presence;
}

/**
 * A memory bank for each of V views of the same N samples, [V, N, D] in one table so that a launch reaches all of them, with the NCE
 * normalisers of the edges between views (Tian, Krishnan, Isola 2020, arXiv:1906.05849, section 3.4). Plain memory like `MemoryBank`.
 * Rows of views that a sample lacks keep their start values for good; nothing reads them.
 */
export class ViewBanks implements ViewBanksView {
  /** [V, N, D], in the precision asked for, sharded where one binding does not reach all of it. */
  readonly table: Operand;
  /** f32[E, 2]: ln Z of each edge, and 1 once it is known. */
  readonly logZ: Operand;
  readonly graph: ViewGraph;
  readonly momentum: number;
  readonly normalizer: Normalizer;
  readonly #rows: Table;
  readonly #store: Store;
  readonly #graphs: Store;

  /** @throws UsageError on an option out of range */
  constructor(gpu: Gpu, { edges, present, ...options }: ViewBanksOptions) {
    checkBankOptions(options);
    const { rows, dim, momentum = 0.5, start = "features", normalizer = { kind: "first-batch" }, seed = 0 } = options;
    const [V, E] = [present.length, edges.length];
    this.momentum = momentum;
    this.normalizer = normalizer;
    this.#rows = new Table(gpu, "memory banks", "bank", [V, rows, dim], options.precision);
    this.table = this.#rows.operand;
    this.#rows.writeLater((first, count) => startRows(first, count, dim, start, seed));
    this.#store = new Store(gpu, "normalisers", "bank");
    this.logZ = { slot: this.#store.add("ln Z", 8 * E), shape: [E, 2], dtype: "f32" };
    if (normalizer.kind === "given") {
      const known = Array.from({ length: E }, () => [Math.log(normalizer.value), 1]);
      this.#store.write(this.logZ.slot, Float32Array.from(known.flat()));
    }
    const words = graphWords(edges, rows, present);
    this.#graphs = new Store(gpu, "view graph", "data");
    const slot = this.#graphs.add("edges and presence", words.byteLength);
    this.#graphs.write(slot, words);
    this.graph = { views: V, rows, edges, missing: isMissing(present), table: { slot, shape: [words.length], dtype: "u32" } };
  }

  /** N */
  get size(): number {
    return this.graph.rows;
  }

  /** D */
  get dim(): number {
    return this.table.shape[2] ?? 0;
  }

  /**
   * Appends bank[v][y] = normalise(momentum * bank[v][y] + (1 - momentum) * feature) for every view that a sample has, in place. Record it
   * after everything that scores against the old rows, gradients included. Samples of a batch must be distinct: two writers of one row race.
   * @param rows u32[V * B], of `viewRows`   @param features f32[V, B, D]
   */
  update(tape: Tape, rows: Operand, features: Tensor): void {
    this.#write(tape, rows, features, this.momentum);
  }

  /** Appends bank[v][y] = normalise(feature): the pass over the data that `start: "features"` wants before the first step. */
  fill(tape: Tape, rows: Operand, features: Tensor): void {
    this.#write(tape, rows, features, 0);
  }

  #write(tape: Tape, index: Operand, features: Tensor, momentum: number): void {
    const [V = 0, N = 0, D = 0] = this.table.shape;
    const B = index.shape[0] ?? 0;
    tape.launch(kernels.bankUpdate, { features, index, bank: this.table }, { B, N: V * N, D, momentum }, [B], { flops: 6 * B * D });
  }

  /** Appends what makes every edge's Z known before scoring. NCE only. @param scores features f32[V, B, D] */
  estimate(tape: Tape, scores: Scores): void {
    estimateEdgeNormalizers(tape, this, this.normalizer, scores);
  }

  /** Appends what every Z learns from this step's scores. NCE only. @param terms f32[E, B, 4] of `contrastViews` */
  track(tape: Tape, terms: Tensor, candidates: number): void {
    trackEdgeNormalizers(tape, this, this.normalizer, terms, candidates);
  }

  /** All rows, f32[V, N, D]. Waits for the steps submitted so far. */
  async rows(): Promise<Float32Array> {
    return this.#rows.read();
  }

  /** Z of every edge, undefined where it is not known yet. Waits for the steps submitted so far. */
  async z(): Promise<(number | undefined)[]> {
    const values = await this.#store.read(this.logZ.slot, "f32");
    return this.graph.edges.map((_, e) => (values[2 * e + 1] === 1 ? Math.exp(values[2 * e] ?? 0) : undefined));
  }

  /** Replaces all rows. @param rows f32[V, N, D]   @throws ShapeError; UsageError where a number is beyond the precision */
  write(rows: Float32Array): void {
    this.#rows.write(rows);
  }

  /** Everything a checkpoint must hold for the banks to go on as if nothing had happened. */
  state(): { readonly [name: string]: Operand } {
    return { "banks.rows": this.table, "banks.normalizer": this.logZ };
  }

  /** Bytes of rows and normalisers. */
  get bytes(): number {
    return this.#rows.bytes + this.logZ.slot.bytes;
  }

  destroy(): void {
    this.#rows.destroy();
    this.#store.destroy();
    this.#graphs.destroy();
  }
}
