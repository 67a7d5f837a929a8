import type { HostRows } from "../bank/rows.ts";
import { gather } from "../data/dataset.ts";
import { ShapeError, UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { matchRetrieval, type Recall } from "./retrieval.ts";

/** Rows of the same N samples, as one view sees them. */
export interface ViewRows {
  readonly name: string;
  /** [N, D]. */
  readonly rows: HostRows;
  /** [N]: 1 where the sample has this view. Absent: all have it. */
  readonly present?: Uint8Array | undefined;
}

/** How well one view of a sample finds another view of it. */
export interface CrossViewRetrieval {
  /** Numbers of neighbours looked at. */
  readonly ks: readonly number[];
  /** In the order of `ks`: mean over all ordered pairs. */
  readonly mean: readonly number[];
  /** In the order of `ks`: what blind drawing gives, mean over all ordered pairs. */
  readonly chance: readonly number[];
  /** Every ordered pair of views that some samples have in common. */
  readonly pairs: readonly {
    readonly from: string;
    readonly to: string;
    /** In the order of `ks`. */
    readonly recalls: readonly number[];
    /** Samples that have both views. */
    readonly samples: number;
  }[];
}

/**
 * Recall@k between every ordered pair of views: each sample's row in one view looks for the same sample's row in the other, by cosine,
 * among all samples that have both.
 * @param ks each at most the number of samples that any pair has in common. Default: 1, 5 and 10 as far as there are samples
 * @returns null when no two views have two samples in common
 * @throws UsageError for fewer than two views; ShapeError for different numbers of rows or sizes
 */
export async function crossViewRetrieval(gpu: Gpu, views: readonly ViewRows[], ks?: readonly number[]): Promise<CrossViewRetrieval | null> {
  if (views.length < 2) throw new UsageError(`cross-view retrieval: expected at least two views, got ${views.length}`);
  const couples = views.flatMap((a) => views.filter((b) => a !== b).map((b) => ({ a, b, both: common(a, b) })));
  const usable = couples.filter(({ both }) => both.length > 1);
  if (usable.length === 0) return null;
  const least = Math.min(...usable.map(({ both }) => both.length));
  const at = ks ?? [1, 5, 10].filter((k) => k <= least);
  const found: (Omit<CrossViewRetrieval["pairs"][number], "recalls"> & { readonly recalls: readonly Recall[] })[] = [];
  for (const { a, b, both } of usable) {
    const { recalls } = await matchRetrieval(gpu, chosen(a.rows, both), chosen(b.rows, both), { ks: at });
    found.push({ from: a.name, to: b.name, samples: both.length, recalls });
  }
  const mean = (value: (pair: (typeof found)[number], i: number) => number): number[] =>
    at.map((_, i) => found.reduce((sum, pair) => sum + value(pair, i), 0) / found.length);
  return {
    ks: at,
    mean: mean(({ recalls }, i) => recalls[i]?.recall ?? 0),
    chance: mean(({ recalls }, i) => recalls[i]?.chance ?? 0),
    pairs: found.map(({ recalls, ...pair }) => ({ ...pair, recalls: recalls.map(({ recall }) => recall) })),
  };
}

/** Samples that have both views. */
function common(a: ViewRows, b: ViewRows): Uint32Array {
  const [N, M] = [a.rows.shape[0], b.rows.shape[0]];
  if (N !== M) throw new ShapeError(`cross-view retrieval: ${a.name} has ${N} rows, ${b.name} ${M}: expected one a sample`);
  return Uint32Array.from({ length: N }, (_, i) => i).filter((i) => a.present?.[i] !== 0 && b.present?.[i] !== 0);
}

const chosen = ({ data, shape: [, D] }: HostRows, indices: Uint32Array): HostRows => ({
  data: gather(data, D, indices),
  shape: [indices.length, D],
});

/** Rows of several views side by side: [N, sum of D]. @throws ShapeError for different numbers of rows */
export function sideBySide(parts: readonly HostRows[]): HostRows {
  const N = parts[0]?.shape[0] ?? 0;
  const D = parts.reduce((sum, { shape }) => sum + shape[1], 0);
  const data = new Float32Array(N * D);
  let from = 0;
  for (const { data: part, shape } of parts) {
    if (shape[0] !== N) throw new ShapeError(`rows side by side: expected ${N} in every part, got ${shape[0]}`);
    for (let i = 0; i < N; i++) data.set(part.subarray(i * shape[1], (i + 1) * shape[1]), i * D + from);
    from += shape[1];
  }
  return { data, shape: [N, D] };
}
