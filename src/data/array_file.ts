/** Numbers of an array in a file, by the name that errors use for their type. */
export type ArrayElement = "u8" | "u16" | "f32" | "f64" | "text references" | "other";

/** What is known of an array before any of it is read. */
export interface ArrayInfo {
  /** Sizes as they lie in the file, slowest first. MATLAB counts them the other way round. */
  readonly shape: readonly number[];
  readonly element: ArrayElement;
  /** How many entries along the first axis are stored, and so must be read, together. */
  readonly together: number;
}

/**
 * A file of named arrays that is read in slices, never whole: an HDF5 file, as MATLAB writes them since version 7.3. Readers of data
 * sets see only this, so that the library behind it stays an optional package (`host/hdf5.ts`).
 */
export interface ArrayFile {
  /** What errors call it. */
  readonly name: string;
  /** Names of all arrays at the top, sorted. */
  list(): readonly string[];
  /** Undefined when there is no array of this name. */
  info(array: string): ArrayInfo | undefined;
  /**
   * Entries `from` to `to` - 1 along the first axis, flat.
   * @throws FormatError when the file is damaged there, UsageError when there are no such entries or they are no numbers
   */
  slice(array: string, from: number, to: number): Uint8Array | Uint16Array | Float32Array | Float64Array;
  /** The texts of a MATLAB cell array of strings. @throws FormatError when it is none */
  texts(array: string): readonly string[];
  close(): void;
}
