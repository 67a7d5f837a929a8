import { UsageError } from "../errors.ts";
import { Purpose, randomBelow, randomStream } from "../random.ts";

/** Row numbers of two parts, each ascending. */
export interface Split {
  readonly kept: Uint32Array;
  readonly heldOut: Uint32Array;
}

/**
 * Holds out about `share` of the rows, class by class: round(share n) of a class of n rows, but at least one and never all; a class of one
 * row is kept. Which rows: a function of (seed, class), drawn with the counter generator.
 * @param labels [N], the class of each row
 * @param share above 0, below 1
 * @throws UsageError when no class has two rows, so that nothing can be held out
 */
export function stratifiedSplit(labels: ArrayLike<number>, share: number, seed: number): Split {
  if (!(share > 0 && share < 1)) throw new UsageError(`held-out share: expected a number above 0 and below 1, got ${share}`);
  const out = new Uint8Array(labels.length);
  for (const [label, rows] of rowsByClass(labels)) {
    const count = Math.min(rows.length - 1, Math.max(1, Math.round(share * rows.length)));
    for (const row of drawn(rows, count, seed, label)) out[row] = 1;
  }
  const where = (flag: number): Uint32Array => Uint32Array.from(out.keys()).filter((row) => out[row] === flag);
  const split = { kept: where(0), heldOut: where(1) };
  if (split.heldOut.length === 0) throw new UsageError("no class has two rows: nothing can be held out to choose a learning rate by");
  return split;
}

/** The rows of each class, ascending. */
export function rowsByClass(labels: ArrayLike<number>): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? 0;
    const own = rows.get(label);
    if (own) own.push(i);
    else rows.set(label, [i]);
  }
  return rows;
}

/** The first `count` places of a Fisher-Yates shuffle. */
function drawn(rows: readonly number[], count: number, seed: number, label: number): number[] {
  const stream = randomStream(seed, Purpose.split);
  const order = [...rows];
  for (let i = 0; i < count; i++) {
    const j = i + randomBelow(order.length - i, stream, label, 0, i);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order.slice(0, count);
}
