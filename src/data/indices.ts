import { UsageError } from "../errors.ts";

/**
 * Checks that no index occurs twice. Two threads would write the same row of a memory bank at the same time, and which of them
 * wins is not defined (methods.md, trap 9): batches, subsets and padding must never repeat a sample.
 * @throws UsageError naming the index and both places
 */
export function assertUnique(indices: Uint32Array, what = "batch"): void {
  const places = new Map<number, number>();
  for (const [place, index] of indices.entries()) {
    const earlier = places.get(index);
    if (earlier !== undefined) {
      throw new UsageError(`${what}: sample ${index} at places ${earlier} and ${place}: every sample may occur once only`);
    }
    places.set(index, place);
  }
}

/**
 * Checks that all indices are below `length` and unique.
 * @throws UsageError
 */
export function assertIndices(indices: Uint32Array, length: number, what: string): void {
  assertInRange(indices, length, what);
  assertUnique(indices, what);
}

/**
 * Checks that all indices are below `length`.
 * @throws UsageError naming the first that is not
 */
export function assertInRange(indices: Uint32Array, length: number, what: string): void {
  const place = indices.findIndex((index) => index >= length);
  if (place >= 0) throw new UsageError(`${what}: sample ${indices[place]} at place ${place}: expected 0 to ${length - 1}`);
}
