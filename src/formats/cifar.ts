import { fault } from "./fault.ts";

/** Bytes of one image: planar RGB, 32 x 32. */
export const CIFAR_IMAGE = 3 * 32 * 32;

/** The labels before each image: one of ten classes (CIFAR-10), or one of 20 coarse and one of 100 fine ones (CIFAR-100). */
export type CifarKind = "cifar10" | "cifar100";

/** Classes of each label byte of a record, in the order of the file; the last is the label that counts. */
const LABELS: Readonly<Record<CifarKind, readonly number[]>> = { cifar10: [10], cifar100: [20, 100] };

/** The records of a file, N of them. */
export interface CifarRecords {
  /** Planar u8 [N, 3, 32, 32], a copy. */
  readonly pixels: Uint8Array;
  /** Class of every image, [N]: CIFAR-100's fine one. */
  readonly labels: Uint8Array;
}

/**
 * Reads a file of the binary version of CIFAR-10 or CIFAR-100 (Krizhevsky 2009): records of the label bytes and 3,072 pixels.
 * @param name what to call the bytes in errors
 * @throws FormatError when the file is empty or no whole number of records, or when a label is out of range
 */
export function readCifar(bytes: Uint8Array, kind: CifarKind, name = "CIFAR file"): CifarRecords {
  const limits = LABELS[kind];
  const record = limits.length + CIFAR_IMAGE;
  const count = bytes.length / record;
  if (count === 0 || !Number.isInteger(count)) {
    throw fault(name, "file size", `a multiple of ${record} bytes (${kind})`, `${bytes.length}${otherKind(bytes.length, kind)}`);
  }
  const pixels = new Uint8Array(count * CIFAR_IMAGE);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const at = i * record;
    limits.forEach((limit, k) => {
      const label = bytes[at + k] ?? limit;
      if (label >= limit) throw fault(name, `byte ${at + k} (label of image ${i})`, `0 to ${limit - 1}`, label);
      labels[i] = label;
    });
    pixels.set(bytes.subarray(at + limits.length, at + record), i * CIFAR_IMAGE);
  }
  return { pixels, labels };
}

/** Words for a file that would fit the other data set. */
function otherKind(size: number, kind: CifarKind): string {
  const other = kind === "cifar10" ? "cifar100" : "cifar10";
  return size > 0 && size % (LABELS[other].length + CIFAR_IMAGE) === 0 ? `: records of ${other}?` : ": truncated or padded";
}
