/**
 * How a stored picture must be turned to be seen upright (EXIF 2.3, tag 0x0112): where its first row and column belong.
 * 1 top left (as stored), 2 top right (mirrored), 3 bottom right (half a turn), 4 bottom left, 5 left top (transposed), 6 right top
 * (a quarter turn clockwise makes it upright), 7 right bottom, 8 left bottom (a quarter turn counter-clockwise).
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0]; // "Exif\0\0"
const ORIENTATION = 0x0112;
const SHORT = 3;

/** Whether the data of a JPEG's APP1 segment is EXIF (and not XMP). */
export const isExif = (segment: Uint8Array): boolean => EXIF.every((byte, i) => segment[i] === byte);

/**
 * The orientation in the EXIF data of a JPEG: its first folder of tags is read, nothing else. EXIF is a remark beside the picture, often
 * mangled by editors: without a tag that can be read the picture is taken as it is stored.
 * @param segment data of the APP1 segment: "Exif\0\0", then a TIFF header and its folders
 */
export function exifOrientation(segment: Uint8Array): Orientation {
  if (!isExif(segment) || segment.length < EXIF.length + 8) return 1;
  const tiff = new DataView(segment.buffer, segment.byteOffset + EXIF.length, segment.length - EXIF.length);
  const order = tiff.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const little = order === 0x4949; // "II", else "MM"
  if (tiff.getUint16(2, little) !== 42) return 1;
  const folder = tiff.getUint32(4, little);
  if (folder + 2 > tiff.byteLength) return 1;
  const tags = tiff.getUint16(folder, little);
  for (let at = folder + 2; at < folder + 2 + 12 * tags && at + 12 <= tiff.byteLength; at += 12) {
    if (tiff.getUint16(at, little) !== ORIENTATION) continue;
    const value = tiff.getUint16(at + 2, little) === SHORT ? tiff.getUint16(at + 8, little) : 0;
    return value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}

/** Whether upright height and width are the stored width and height. */
export const isTurned = (orientation: Orientation): boolean => orientation >= 5;
