import { fault } from "./fault.ts";

/** Height and width of an image. */
export const STL10_SIDE = 96;
/** Bytes of one image: planar RGB, 96 x 96. */
export const STL10_IMAGE = 3 * STL10_SIDE * STL10_SIDE;
/** Classes; the files count them from 1. */
export const STL10_CLASSES = 10;

/**
 * Number of images in an image file of STL-10's binary version (Coates et al. 2011).
 * @param size bytes of the file
 * @throws FormatError when it is empty or no whole number of images
 */
export function stl10Images(size: number, name: string): number {
  const count = size / STL10_IMAGE;
  if (count > 0 && Number.isInteger(count)) return count;
  throw fault(name, "file size", `a multiple of ${STL10_IMAGE} bytes (images of 3 x 96 x 96)`, `${size}: truncated or padded`);
}

/**
 * Images as the file has them, every plane column by column (row r, column c at c * 96 + r), turned into rows: planar u8 [N, 3, 96, 96].
 * @param columns a whole number of images
 * @param rows where to write them, as many bytes
 */
export function stl10Rows(columns: Uint8Array, rows: Uint8Array): void {
  const plane = STL10_SIDE * STL10_SIDE;
  for (let at = 0; at < columns.length; at += plane) {
    for (let r = 0; r < STL10_SIDE; r++) {
      for (let c = 0; c < STL10_SIDE; c++) rows[at + r * STL10_SIDE + c] = columns[at + c * STL10_SIDE + r] ?? 0;
    }
  }
}

/**
 * Classes from 0, of the bytes of a label file, which counts from 1.
 * @throws FormatError when a byte is not 1 to 10
 */
export function stl10Labels(bytes: Uint8Array, name: string): Uint8Array {
  return bytes.map((label, i) => {
    if (label >= 1 && label <= STL10_CLASSES) return label - 1;
    throw fault(name, `byte ${i} (label of image ${i})`, `1 to ${STL10_CLASSES}`, label);
  });
}
