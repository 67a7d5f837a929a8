import type { HostRows } from "../bank/rows.ts";
import { gather } from "../data/dataset.ts";
import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { permutation } from "../random.ts";
import { type ProbeOptions, probe } from "./probe.ts";

export interface CrossOptions extends ProbeOptions {
  /** Parts of the rows; each is predicted by a probe of the others. Default 5. */
  readonly folds?: number;
}

export interface CrossResult {
  /** Share of all labelled rows that were predicted right, by a probe that had not seen them. */
  readonly top1: number;
  /** The same of each fold. */
  readonly folds: readonly number[];
  /** Labelled rows. */
  readonly rows: number;
}

/**
 * Linear probe of few rows: `folds` probes, each tested on the rows that the others learned from. Rows of one group are in one fold, so that a
 * speaker is never recognised in place of a class.
 * @param labels null: the row is left out
 * @param groups one a row; a fold is a set of groups
 * @throws UsageError when there are fewer groups than folds, and as `probe`
 */
export async function crossValidate(
  gpu: Gpu,
  { data, shape: [, D] }: HostRows,
  labels: readonly (number | null)[],
  groups: readonly string[],
  { folds = 5, ...options }: CrossOptions = {},
): Promise<CrossResult> {
  const foldOf = assign(labels, groups, folds, options.seed ?? 1);
  const part = (keep: (fold: number) => boolean) => {
    const chosen = labels.flatMap((label, row) => (label !== null && keep(foldOf.get(groups[row] ?? "") ?? 0) ? [row] : []));
    return {
      rows: { data: gather(data, D, Uint32Array.from(chosen)), shape: [chosen.length, D] as const },
      labels: chosen.map((row) => labels[row] ?? 0),
    };
  };
  const shares: number[] = [];
  let [right, all] = [0, 0];
  for (let fold = 0; fold < folds; fold++) {
    const test = part((own) => own === fold);
    const { top1 } = await probe(
      gpu,
      part((own) => own !== fold),
      test,
      options,
    );
    shares.push(top1);
    right += top1 * test.labels.length;
    all += test.labels.length;
  }
  return { top1: right / all, folds: shares, rows: all };
}

/** The fold of every group that has a labelled row: groups in a random order, one fold after the other. */
function assign(labels: readonly (number | null)[], groups: readonly string[], folds: number, seed: number): Map<string, number> {
  const named = [...new Set(groups.filter((_, row) => labels[row] !== null))].sort();
  if (named.length < folds || folds < 2)
    throw new UsageError(`crossValidate: ${folds} folds of ${named.length} groups: expected 2 or more, and a group for each`);
  const order = permutation(named.length, seed, 0);
  return new Map(Array.from(order, (at, i) => [named[at] ?? "", i % folds]));
}
