import { UsageError } from "../errors.ts";
import type { Presence, ViewEdge } from "../ops/view_graph.ts";

/**
 * Which views are held against which. `core`: the first view with each other one (Tian et al. 2020, eq. 7). `full`: all pairs (eq. 8).
 * A list: unordered pairs of views, by number or name, each with a weight above 0 (default 1). A pair counts in both directions.
 */
export type GraphOption = "core" | "full" | readonly (readonly [a: number | string, b: number | string, weight?: number])[];

/** What the loss is made of its ordered pairs: their weighted sum, as published, or their weighted mean, whose scale no view changes. */
export type Reduction = "sum" | "mean";

type Pair = readonly [a: number, b: number, weight: number];

/**
 * The ordered pairs of a graph over named views, with the weights that the reduction leaves them.
 * @throws UsageError for fewer than two views, an edge to a view that does not exist or to itself, a pair given twice, a weight of 0 or
 * less, and a view that no edge reaches
 */
export function viewEdges(names: readonly string[], graph: GraphOption, reduction: Reduction): ViewEdge[] {
  if (names.length < 2) throw new UsageError(`cmc: expected at least two views of every sample, got ${names.length}`);
  const pairs = pairsOf(names, graph);
  const lonely = names.findIndex((_, v) => !pairs.some(([a, b]) => a === v || b === v));
  if (lonely >= 0) throw new UsageError(`cmc: graph: no edge reaches view ${names[lonely]}: leave the view out`);
  const total = reduction === "mean" ? pairs.reduce((sum, [, , weight]) => sum + 2 * weight, 0) : 1;
  return pairs.flatMap(([a, b, weight]): ViewEdge[] => [
    { anchor: a, bank: b, weight: weight / total },
    { anchor: b, bank: a, weight: weight / total },
  ]);
}

function pairsOf(names: readonly string[], graph: GraphOption): Pair[] {
  if (graph === "core") return names.slice(1).map((_, v): Pair => [0, v + 1, 1]);
  if (graph === "full") return names.flatMap((_, a) => names.slice(a + 1).map((__, i): Pair => [a, a + 1 + i, 1]));
  if (!Array.isArray(graph) || graph.length === 0)
    throw new UsageError(`cmc: graph: expected core, full or a list of [view, view, weight], got ${JSON.stringify(graph)}`);
  const pairs = graph.map((edge: unknown) => pairOf(names, edge));
  const seen = new Set<string>();
  for (const [a, b] of pairs) {
    const key = [a, b].sort((x, y) => x - y).join();
    if (seen.has(key)) throw new UsageError(`cmc: graph: the pair ${names[a]}, ${names[b]} is there twice: an edge counts both ways`);
    seen.add(key);
  }
  return pairs;
}

function pairOf(names: readonly string[], edge: unknown): Pair {
  const text = `cmc: graph: edge ${JSON.stringify(edge)}`;
  if (!Array.isArray(edge) || edge.length < 2 || edge.length > 3)
    throw new UsageError(`${text}: expected [view, view] or [view, view, weight]`);
  const [from, to, weight = 1] = edge as readonly unknown[];
  const [a, b] = [viewOf(names, from, text), viewOf(names, to, text)];
  if (a === b) throw new UsageError(`${text}: a view against itself: that is instdisc`);
  if (typeof weight !== "number" || !(weight > 0) || !Number.isFinite(weight))
    throw new UsageError(`${text}: expected a weight above 0, got ${JSON.stringify(weight)}`);
  return [a, b, weight];
}

function viewOf(names: readonly string[], view: unknown, text: string): number {
  const v = typeof view === "string" ? names.indexOf(view) : view;
  if (typeof v === "number" && Number.isInteger(v) && v >= 0 && v < names.length) return v;
  throw new UsageError(
    `${text}: there is no view ${JSON.stringify(view)}: there are ${names.map((name, i) => `${name} (${i})`).join(", ")}`,
  );
}

/**
 * Checks that every edge has something to learn from.
 * @throws UsageError for flags of another length, a view that fewer than two samples have, an edge whose views no sample has both of
 */
export function checkPresence(names: readonly string[], rows: number, edges: readonly ViewEdge[], present: Presence): void {
  const has = (v: number, i: number): boolean => present[v]?.[i] !== 0;
  const count = (test: (i: number) => boolean): number => Array.from({ length: rows }, (_, i) => i).filter(test).length;
  for (const [v, name] of names.entries()) {
    const flags = present[v];
    if (flags && flags.length !== rows) throw new UsageError(`cmc: view ${name}: expected ${rows} flags, got ${flags.length}`);
    if (flags && count((i) => has(v, i)) < 2)
      throw new UsageError(`cmc: view ${name}: ${count((i) => has(v, i))} of ${rows} samples have it: expected at least two. Leave it out`);
  }
  for (const { anchor, bank } of edges) {
    if (present[anchor] && present[bank] && count((i) => has(anchor, i) && has(bank, i)) === 0)
      throw new UsageError(`cmc: no sample has both views ${names[anchor]} and ${names[bank]}: leave their edge out`);
  }
}
