import { nearest } from "../bank/nearest.ts";
import { type HostRows, MAX_K, rowShape } from "../bank/rows.ts";
import { ShapeError, UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { rowsByClass } from "./split.ts";

/** Share of queries with a hit among their k nearest. */
export interface Recall {
  readonly k: number;
  /** 0 to 1. */
  readonly recall: number;
  /** What drawing k of the candidates blindly would reach on average. */
  readonly chance: number;
}

export interface RetrievalResult {
  /** In the order of `ks`. */
  readonly recalls: readonly Recall[];
  /** Mean share of hits among the R nearest, R being the query's number of right candidates; null where a query has more than 200. */
  readonly rPrecision: number | null;
  /** Mean average precision at R (Musgrave et al. 2020, section 3.2); null as `rPrecision`. */
  readonly mapAtR: number | null;
  /** Queries that count. */
  readonly queries: number;
  /** Queries without a single right candidate: nothing could find one, so they are left out. */
  readonly alone: number;
}

/** Numbers of neighbours, 1 to 200 each, below the number of candidates. Default: 1, 5, 10, as far as there are candidates. */
export type RecallAt = readonly number[] | undefined;

/** Queries, candidates, and what is right: a candidate of the query's own name (class or identity). */
export interface RetrievalOptions {
  /** [Q, D]. */
  readonly queries: HostRows;
  /** [N, D]. */
  readonly candidates: HostRows;
  /** [Q] and [N]: a candidate is a hit when its number is the query's. */
  readonly queryLabels: ArrayLike<number>;
  readonly candidateLabels: ArrayLike<number>;
  /** "self" when the candidates are the queries themselves. */
  readonly exclude?: "self" | undefined;
  readonly ks?: RecallAt;
}

/**
 * Retrieval within one set, by cosine: every row looks for another one of its class, itself left out. On classes that training never saw
 * this is InvaSpread's measure (Ye et al. 2019, section 4.2). Not to be mixed with the accuracy of kNN, which asks training rows.
 * @throws UsageError, ShapeError, NonFiniteError as `retrieve`
 */
export function classRetrieval(gpu: Gpu, rows: HostRows, labels: ArrayLike<number>, ks?: RecallAt): Promise<RetrievalResult> {
  return retrieve(gpu, { queries: rows, candidates: rows, queryLabels: labels, candidateLabels: labels, exclude: "self", ks });
}

/**
 * Retrieval across two sets of the same things, by cosine: query i (one view of thing i) looks for candidate i (another view of it) among
 * all N. The measure between two views of CMC; chance is k / N.
 * @param identity [N]: where several rows are the same thing (skin tones of one emoji), the thing each row is. Default: each its own.
 * @throws UsageError, ShapeError, NonFiniteError as `retrieve`; ShapeError unless both are [N, D]
 */
export async function matchRetrieval(
  gpu: Gpu,
  queries: HostRows,
  candidates: HostRows,
  { ks, identity }: { readonly ks?: RecallAt; readonly identity?: ArrayLike<number> | undefined } = {},
): Promise<RetrievalResult> {
  if (queries.shape.join() !== candidates.shape.join())
    throw new ShapeError(`retrieval: queries and candidates must match row by row, got [${queries.shape}] and [${candidates.shape}]`);
  const names = identity ?? Uint32Array.from({ length: queries.shape[0] }, (_, i) => i);
  return retrieve(gpu, { queries, candidates, queryLabels: names, candidateLabels: names, ks });
}

/**
 * Recall@K, R-precision and MAP@R of queries among candidates, by cosine on the GPU. Equal cosines: the lower candidate first.
 * @throws UsageError for k out of range or when no query has a right candidate; ShapeError for sizes that do not match; NonFiniteError
 */
export async function retrieve(gpu: Gpu, options: RetrievalOptions): Promise<RetrievalResult> {
  const { queries, candidates, queryLabels, candidateLabels, exclude } = options;
  const [Q] = rowShape(queries, "queries");
  const [N] = rowShape(candidates, "candidates");
  if (queryLabels.length !== Q || candidateLabels.length !== N)
    throw new ShapeError(`retrieval: expected ${Q} and ${N} labels, got ${queryLabels.length} and ${candidateLabels.length}`);
  const right = rightOnes(options);
  const ranked = Array.from(right.keys()).filter((q) => (right[q] ?? 0) > 0);
  if (ranked.length === 0) throw new UsageError("retrieval: no query has a right candidate: every class has one row only");
  const others = exclude ? N - 1 : N;
  const ks = options.ks ?? [1, 5, 10].filter((k) => k <= others);
  const R = ranked.reduce((most, q) => Math.max(most, right[q] ?? 0), 0);
  const { k: K, index } = await nearest(gpu, queries, candidates, Math.max(...ks, R <= MAX_K ? R : 1), { exclude });
  const hits = (q: number): boolean[] => Array.from(index.subarray(q * K, (q + 1) * K), (j) => candidateLabels[j] === queryLabels[q]);
  const lists = ranked.map((q) => ({ hits: hits(q), right: right[q] ?? 0 }));
  const mean = (value: (list: RankedList) => number): number => lists.reduce((sum, list) => sum + value(list), 0) / lists.length;
  return {
    recalls: ks.map((k) => ({
      k,
      recall: mean((list) => (list.hits.slice(0, k).includes(true) ? 1 : 0)),
      chance: mean((list) => blindRecall(others, list.right, k)),
    })),
    rPrecision: R <= MAX_K ? mean((list) => list.hits.slice(0, list.right).filter(Boolean).length / list.right) : null,
    mapAtR: R <= MAX_K ? mean(averagePrecision) : null,
    queries: ranked.length,
    alone: Q - ranked.length,
  };
}

interface RankedList {
  /** Whether each neighbour is a right one, nearest first. */
  readonly hits: readonly boolean[];
  /** Number of right candidates. */
  readonly right: number;
}

/** Number of right candidates of each query, itself not counted. */
function rightOnes({ queryLabels, candidateLabels, exclude }: RetrievalOptions): Uint32Array {
  const members = rowsByClass(candidateLabels);
  return Uint32Array.from({ length: queryLabels.length }, (_, q) => {
    const label = queryLabels[q] ?? 0;
    const own = exclude === "self" && candidateLabels[q] === label ? 1 : 0;
    return (members.get(label)?.length ?? 0) - own;
  });
}

/** Chance that k of N candidates, drawn blindly, hold one of the `right` ones. */
function blindRecall(N: number, right: number, k: number): number {
  let missed = 1;
  for (let i = 0; i < k; i++) missed *= Math.max(0, N - right - i) / (N - i);
  return 1 - missed;
}

/** Mean over the R first places of the precision up to there, where the place is a hit. */
function averagePrecision({ hits, right }: RankedList): number {
  let [found, sum] = [0, 0];
  for (let i = 0; i < right; i++) {
    if (!hits[i]) continue;
    found++;
    sum += found / (i + 1);
  }
  return sum / right;
}
