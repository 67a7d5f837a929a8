import { NonFiniteError, ShapeError, UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { Plan } from "../gpu/plan.ts";
import type { Operand } from "../gpu/slot.ts";
import { STILL } from "../gpu/step.ts";
import {
  appendSearch,
  columnsOf,
  type HostRows,
  type Lists,
  MAX_K,
  normaliseRows,
  onHost,
  padded,
  queriesAtOnce,
  type Rows,
  rowShape,
} from "./rows.ts";
import { numbersOf, Table } from "./table.ts";

/** The k nearest candidates of each query, by cosine: nearest first, equal similarities by lower index. */
export interface Neighbours {
  readonly k: number;
  /** [Q, k] candidates. */
  readonly index: Uint32Array;
  /** [Q, k] cosines. */
  readonly similarity: Float32Array;
}

/** A candidate that each query must not find: its own index ("self": query i is candidate i), or one a query; -1 for none. */
export type Exclude = "self" | ArrayLike<number>;

export interface NearestOptions {
  readonly exclude?: Exclude | undefined;
}

/**
 * The k nearest candidates of every query by cosine similarity, on the GPU.
 * @param queries [Q, D] and
 * @param candidates [N, D]: normalised here, so that raw pixels or bank rows can be given as they are.
 * @param k 1 to 200, at most N (N - 1 with `exclude`).
 * @throws UsageError when k is out of range; ShapeError when D differs; NonFiniteError when a row holds NaN or infinity.
 */
export async function nearest(gpu: Gpu, queries: Rows, candidates: Rows, k: number, options: NearestOptions = {}): Promise<Neighbours> {
  const search = await Search.open(gpu, queries, candidates, k, options.exclude);
  try {
    return await search.run();
  } finally {
    search.close();
  }
}

/** What an extension of the search (voting) appends to its plan and reads after each chunk of queries. */
export interface Extension {
  append(plan: Plan, lists: Lists): void;
  inputs(from: number, to: number): readonly (readonly [Operand, Uint32Array])[];
  read(plan: Plan, from: number, to: number): Promise<void>;
}

/** A search over all queries, chunk by chunk: one plan, recorded once and run for each chunk. */
export class Search {
  readonly #plan: Plan;
  readonly #rows: Operand;
  readonly #excluded: Operand;
  #lists: Lists | undefined;
  /** Candidates that came from the host. */
  #table: Table | undefined;

  private constructor(
    readonly gpu: Gpu,
    readonly k: number,
    readonly atOnce: number,
    private readonly queries: HostRows,
    private readonly exclude: Exclude | undefined,
    private readonly extension: Extension | undefined,
  ) {
    this.#plan = new Plan(gpu, "nearest");
    this.#rows = this.#plan.input("queries", [atOnce, columnsOf(queries.shape[1])]);
    this.#excluded = this.#plan.input("exclude", [atOnce], "u32");
  }

  static async open(gpu: Gpu, queries: Rows, candidates: Rows, k: number, exclude?: Exclude, extension?: Extension): Promise<Search> {
    const shape = rowShape(queries, "queries");
    const [N, D] = rowShape(candidates, "candidates");
    if (shape[1] !== D) throw new ShapeError(`queries have ${shape[1]} columns, candidates ${D}`);
    checkK(k, N, exclude, shape[0]);
    const held = onHost(queries) ? queries : { data: await numbersOf(queries), shape };
    const search = new Search(gpu, k, queriesAtOnce(gpu, shape[0], N), held, exclude, extension);
    await search.#record(candidates);
    return search;
  }

  /** Records the search of one chunk of queries. */
  async #record(candidates: Rows): Promise<void> {
    const queries = normaliseRows(this.#plan, this.#rows, 0, this.atOnce);
    this.#lists = appendSearch(this.#plan, queries, onHost(candidates) ? this.#uploaded(candidates) : candidates, this.#excluded, this.k);
    this.#plan.keep(this.#lists.best);
    this.#plan.keep(this.#lists.index);
    this.extension?.append(this.#plan, this.#lists);
    await this.#plan.open();
  }

  #uploaded(candidates: HostRows): Operand {
    const [N, D] = candidates.shape;
    const columns = columnsOf(D);
    this.#table = new Table(this.gpu, "candidates", "data", [N, columns]);
    this.#table.writeLater((first, count) => padded(candidates, first, count, columns));
    return this.#table.operand;
  }

  async run(): Promise<Neighbours> {
    const [Q] = this.queries.shape;
    const result = { k: this.k, index: new Uint32Array(Q * this.k), similarity: new Float32Array(Q * this.k) };
    for (let from = 0; from < Q; from += this.atOnce) await this.#chunk(from, Math.min(from + this.atOnce, Q), result);
    if (result.index.includes(NOBODY)) {
      const row = Math.floor(result.index.indexOf(NOBODY) / this.k);
      throw new NonFiniteError(`nearest: query ${row} has fewer than ${this.k} finite similarities: its features or candidates hold NaN`);
    }
    return result;
  }

  async #chunk(from: number, to: number, result: Neighbours): Promise<void> {
    if (!this.#lists) throw new ShapeError("nearest: the search is not open");
    const rows = padded(this.queries, from, this.atOnce, this.#rows.shape[1] ?? 0);
    this.#plan.run(STILL, [[this.#rows, rows], [this.#excluded, this.#excludedOf(from, to)], ...(this.extension?.inputs(from, to) ?? [])]);
    const similarity = (await this.#plan.read(this.#lists.best)) as Float32Array;
    const index = (await this.#plan.read(this.#lists.index)) as Uint32Array;
    const count = (to - from) * this.k;
    result.similarity.set(similarity.subarray(0, count), from * this.k);
    result.index.set(index.subarray(0, count), from * this.k);
    await this.extension?.read(this.#plan, from, to);
  }

  #excludedOf(from: number, to: number): Uint32Array {
    const ids = new Uint32Array(this.atOnce).fill(NOBODY);
    const { exclude } = this;
    if (exclude === "self") for (let q = from; q < to; q++) ids[q - from] = q;
    else if (exclude) for (let q = from; q < to; q++) ids[q - from] = exclude[q] ?? NOBODY; // -1 wraps to NOBODY
    return ids;
  }

  close(): void {
    this.#plan.close();
    this.#table?.destroy();
  }
}

const NOBODY = 0xffffffff;

function checkK(k: number, N: number, exclude: Exclude | undefined, Q: number): void {
  const most = Math.min(MAX_K, exclude ? N - 1 : N);
  if (!Number.isInteger(k) || k < 1 || k > most) {
    const why = most === MAX_K ? "the longest list kept" : `there are ${N} candidates${exclude ? " and one is excluded" : ""}`;
    throw new UsageError(`k must be an integer from 1 to ${most} (${why}), got ${k}`);
  }
  if (exclude && exclude !== "self" && exclude.length !== Q) {
    throw new ShapeError(`exclude names one candidate a query: expected ${Q} entries, got ${exclude.length}`);
  }
}
