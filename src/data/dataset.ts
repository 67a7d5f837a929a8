import { UsageError } from "../errors.ts";
import { checkNames } from "../options.ts";
import { assertIndices } from "./indices.ts";

/**
 * What every source of training data offers. A sample's identity is its index in 0..length-1 and never changes: row i of a
 * memory bank belongs to sample i for good, so a source sorts its files and never drops or shuffles them between runs.
 */
export interface Dataset<Batch extends DataBatch = DataBatch> {
  /** For people: "mnist/train". */
  readonly name: string;
  /** Number of samples N. */
  readonly length: number;
  /** Class of every sample, [N], each below `classes.length` when classes are named. Never used in training. */
  readonly labels?: Uint32Array;
  /** Class names. */
  readonly classes?: readonly string[];
  /**
   * Text that is equal for equal samples in equal order, and (but once in 2^32) only for them. Labels are not part of it. A
   * checkpoint keeps it: a memory bank is worthless on other data.
   */
  readonly fingerprint: string;
  /**
   * The samples of `indices` [B], as typed arrays.
   * @throws UsageError when an index is outside 0..length-1
   */
  batch(indices: Uint32Array): Promise<Batch>;
}

/** The part of a batch that all kinds of data share. */
export interface DataBatch {
  /** Which samples these are, [B]. */
  readonly indices: Uint32Array;
  /** Their classes, [B], when the data set has labels. */
  readonly labels?: Uint32Array;
}

/** Rows `indices` of `rows` [N, width], as a new array [B, width]. */
export function gather<T extends Uint8Array | Uint32Array | Float32Array>(rows: T, width: number, indices: Uint32Array): T {
  const out = new (rows.constructor as new (n: number) => T)(indices.length * width);
  indices.forEach((row, i) => {
    out.set(rows.subarray(row * width, (row + 1) * width), i * width);
  });
  return out;
}

/** Which samples `subset` takes: a run of `limit` samples from `offset`, or `indices` in this order. */
export interface SubsetOptions {
  /** First sample. Default 0. */
  readonly offset?: number;
  /** How many samples; at most what is there. Default: all from `offset`. */
  readonly limit?: number;
  /** Sample numbers, each once. Excludes the other two. */
  readonly indices?: Uint32Array;
}

/**
 * The sample numbers that `options` names among `length` samples, [n].
 * @throws UsageError when a number is out of range or repeated, when nothing or more than there is was asked for, and on unknown options
 */
export function subsetIndices(length: number, options: SubsetOptions): Uint32Array {
  const { offset, limit, indices } = options;
  checkNames("subset", options, ["offset", "limit", "indices"]);
  if (indices !== undefined) {
    if (offset !== undefined || limit !== undefined) throw new UsageError("subset: give either indices, or offset and limit");
    if (indices.length === 0) throw new UsageError("subset: no indices: expected at least one");
    assertIndices(indices, length, "subset");
    return indices.slice();
  }
  const first = offset ?? 0;
  if (!Number.isInteger(first) || first < 0 || first >= length) {
    throw new UsageError(`subset: offset ${first}: expected an integer from 0 to ${length - 1} (the data set has ${length} samples)`);
  }
  const count = limit ?? length - first;
  if (!Number.isInteger(count) || count < 1 || count > length - first) {
    throw new UsageError(`subset: limit ${count}: expected an integer from 1 to ${length - first} (samples from number ${first} on)`);
  }
  return Uint32Array.from({ length: count }, (_, i) => first + i);
}
