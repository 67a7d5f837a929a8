import { open } from "node:fs/promises";
import { resolve } from "node:path";
import type { ArrayElement, ArrayFile, ArrayInfo } from "../data/array_file.ts";
import { FormatError, UsageError } from "../errors.ts";
import { fault, quote } from "../formats/fault.ts";

type Library = typeof import("h5wasm/node");
type H5File = InstanceType<Library["File"]>;
type H5Dataset = InstanceType<Library["Dataset"]>;

/** What an HDF5 file begins with, at byte 0, 512, 1024, 2048, ...: in front of it MATLAB writes a text of its own. */
const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const MATLAB_TEXT = 116;
const MATLAB_PREFIX = 512;
/** How the library names the types that readers take. */
const ELEMENTS: ReadonlyMap<unknown, ArrayElement> = new Map([
  ["<B", "u8"],
  ["<H", "u16"],
  ["<f", "f32"],
  ["<d", "f64"],
  ["Reference", "text references"],
]);

/**
 * Opens an HDF5 file, as MATLAB 7.3 writes it, for reading in slices; a file of any size takes the memory of one slice.
 * @param load how the library is found: the npm package h5wasm, version 0.10
 * @throws UsageError when the file cannot be read or the npm package h5wasm is not installed
 * @throws FormatError when it is no HDF5 file (MATLAB's older format is named as such) or is cut short
 */
export async function openHdf5(path: string, load: () => Promise<unknown> = () => import("h5wasm/node")): Promise<ArrayFile> {
  await checkMagic(path);
  const library = (await load().catch((cause: unknown) => {
    throw new UsageError(`${path}: HDF5 files need the npm package h5wasm: run \`npm install h5wasm\``, { cause });
  })) as Library; // not in the signature: its types need not be there either
  const module = await library.ready;
  // Else a failed read prints to stderr and hands back whatever was in memory.
  module.activate_throwing_error_handler();
  const file = guarded(path, "file", () => new library.File(resolve(path), "r"));
  return arrayFile(path, file, library);
}

/** @throws FormatError unless the file begins like HDF5, with or without MATLAB's text before it */
async function checkMagic(path: string): Promise<void> {
  const head = await firstBytes(path, MATLAB_PREFIX + SIGNATURE.length);
  const isAt = (offset: number): boolean => SIGNATURE.every((byte, i) => head[offset + i] === byte);
  if (isAt(0) || isAt(MATLAB_PREFIX)) return;
  const text = new TextDecoder("latin1").decode(head.subarray(0, MATLAB_TEXT)).trimEnd();
  // Larger prefixes are powers of two: left to the library, for a file that says that it is MATLAB's.
  if (text.startsWith("MATLAB 7.3") && head.length === MATLAB_PREFIX + SIGNATURE.length) return;
  const expected = "an HDF5 file (MATLAB 7.3)";
  if (text.startsWith("MATLAB 5.0")) throw fault(path, "byte 0", expected, "MATLAB 5.0: save it in MATLAB with -v7.3");
  throw fault(path, "byte 0", expected, head.length < MATLAB_PREFIX ? `${head.length} bytes: cut short or another file` : quote(text));
}

async function firstBytes(path: string, count: number): Promise<Uint8Array> {
  const failed = (cause: unknown): never => {
    throw new UsageError(`${path}: cannot be read`, { cause });
  };
  const file = await open(path).catch(failed);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    return failed(cause);
  } finally {
    await file.close();
  }
}

function arrayFile(path: string, file: H5File, library: Library): ArrayFile {
  const find = (array: string): H5Dataset | undefined => {
    const found = guarded(path, array, () => file.get(array));
    return found instanceof library.Dataset ? found : undefined;
  };
  const dataset = (array: string): H5Dataset => {
    const found = find(array);
    if (!found) throw new UsageError(`${path}: no array ${array}`);
    return found;
  };
  return {
    name: path,
    list: () => guarded(path, "file", () => file.keys().sort()),
    info: (array) => {
      const found = find(array);
      return found && guarded(path, array, () => infoOf(found));
    },
    slice(array, from, to) {
      const found = dataset(array);
      const [length = 0] = found.shape ?? [];
      if (!(from >= 0 && from < to && to <= length))
        throw new UsageError(`${path}: ${array}: entries ${from} to ${to} of ${length} asked for`);
      const data = guarded(path, array, () => found.slice([[from, to]]));
      if (data instanceof Uint8Array || data instanceof Uint16Array || data instanceof Float32Array || data instanceof Float64Array)
        return data;
      throw new UsageError(`${path}: ${array}: not an array of numbers that can be read`);
    },
    texts: (array) => {
      const found = dataset(array);
      return guarded(path, array, () => textsOf(path, array, found, library));
    },
    close: () => {
      file.close();
    },
  };
}

function infoOf({ shape, dtype, metadata }: H5Dataset): ArrayInfo {
  return { shape: shape ?? [], element: ELEMENTS.get(dtype) ?? "other", together: metadata.chunks?.[0] ?? 1 };
}

/** A cell array is an array of references to arrays of characters, UTF-16 as numbers. */
function textsOf(path: string, array: string, cells: H5Dataset, library: Library): string[] {
  const references: unknown = cells.value;
  if (!Array.isArray(references)) throw fault(path, array, "a cell array of strings", infoOf(cells).element);
  return references.map((reference: unknown, i) => {
    const target: unknown = reference instanceof library.Reference ? cells.dereference(reference) : null;
    const codes: unknown = target instanceof library.Dataset ? target.value : null;
    if (!(codes instanceof Uint16Array)) throw fault(path, `${array}{${i + 1}}`, "a string", "something else");
    return String.fromCharCode(...codes);
  });
}

/** The library's errors are its stack, innermost call last: that one says what is wrong. */
function guarded<T>(path: string, place: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof FormatError || cause instanceof UsageError) throw cause;
    const reasons = [...String(cause instanceof Error ? cause.message : cause).matchAll(/#\d+: .* in \w+\(\): (.*)/g)];
    const reason = reasons.at(-1)?.[1] ?? "something that cannot be read";
    throw fault(path, place, "a whole HDF5 file", reason, { cause });
  }
}
