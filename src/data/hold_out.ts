import { UsageError } from "../errors.ts";

/** Of how many samples one is held out, unless a data set says otherwise. */
export const HOLD_OUT = 5;

/**
 * Which samples are held out when a data set has no test part: of every class the `every`th, the 2 `every`th and so on, in the order
 * given. Nothing is drawn: the same files give the same parts. Samples without labels are one class.
 * @param labels class of every sample, [N]
 * @param name for the error
 * @param what the samples are, for the error
 * @throws UsageError when that is none
 */
export function holdOut(
  labels: ArrayLike<number | undefined>,
  every: number,
  name: string,
  what = "images",
): { train: Uint32Array; test: Uint32Array } {
  const seen = new Map<number | undefined, number>();
  const train: number[] = [];
  const test: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    const count = (seen.get(labels[i]) ?? 0) + 1;
    seen.set(labels[i], count);
    (count % every === 0 ? test : train).push(i);
  }
  if (test.length === 0) {
    throw new UsageError(
      `${name}: ${labels.length} ${what} without a test part, of which every ${every}th of a class would be held out: that is none. ` +
        `Give more ${what}, a test part, or a smaller holdOut (2 or more; data.holdOut in --config)`,
    );
  }
  return { train: Uint32Array.from(train), test: Uint32Array.from(test) };
}

/**
 * `count` of the samples, as many of each class as possible: the first of every class, then the second ones, and so on; in the order given.
 * @returns their places
 */
export function evenly(labels: ArrayLike<number | undefined>, count: number): Uint32Array {
  const seen = new Map<number | undefined, number>();
  const rank = Array.from(labels, (label) => {
    const place = seen.get(label) ?? 0;
    seen.set(label, place + 1);
    return place;
  });
  const order = rank.map((_, i) => i).sort((a, b) => (rank[a] ?? 0) - (rank[b] ?? 0) || a - b);
  return Uint32Array.from(order.slice(0, count)).sort();
}
