import { describe, expect, it } from "vitest";
import { exifOrientation, isExif, isTurned, type Orientation } from "../../src/formats/exif.ts";

const ALL: readonly Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8];

/** EXIF data with one folder of tags [tag, type, count, value]; SHORT values lie in the first two bytes of the field. */
function exif(little: boolean, tags: readonly (readonly [number, number, number, number])[], folder = 8): Uint8Array {
  const bytes = new Uint8Array(6 + folder + 2 + 12 * tags.length + 4);
  bytes.set([0x45, 0x78, 0x69, 0x66, 0, 0]);
  const view = new DataView(bytes.buffer, 6);
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, folder, little);
  view.setUint16(folder, tags.length, little);
  for (const [i, [tag, type, count, value]] of tags.entries()) {
    const at = folder + 2 + 12 * i;
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, type, little);
    view.setUint32(at + 4, count, little);
    if (type === 3) view.setUint16(at + 8, value, little);
    else view.setUint32(at + 8, value, little);
  }
  return bytes;
}

describe("exifOrientation", () => {
  it.each(ALL)("reads %d in both byte orders, among other tags, from a folder anywhere", (orientation) => {
    for (const little of [true, false]) {
      expect(exifOrientation(exif(little, [[0x0112, 3, 1, orientation]]))).toBe(orientation);
      const others = [
        [0x010f, 2, 4, 0x61626300],
        [0x0112, 3, 1, orientation],
        [0x011a, 5, 1, 9],
      ] as const;
      expect(exifOrientation(exif(little, others, 26))).toBe(orientation);
    }
  });

  const good = exif(false, [[0x0112, 3, 1, 6]]);
  it.each<[string, Uint8Array]>([
    ["no tag", exif(true, [[0x010f, 2, 4, 0]])],
    ["0", exif(true, [[0x0112, 3, 1, 0]])],
    ["9", exif(true, [[0x0112, 3, 1, 9]])],
    ["a number of another type", exif(true, [[0x0112, 4, 1, 6]])],
    ["a folder beyond the data", good.with(6 + 7, 200)],
    ["another byte order mark", good.with(6, 0x4a)],
    ["no TIFF", good.with(6 + 3, 41)],
    ["XMP", new TextEncoder().encode("http://ns.adobe.com/xap/1.0/\0")],
    ["nothing", new Uint8Array()],
  ])("takes the picture as it is stored: %s", (_, bytes) => {
    expect(exifOrientation(bytes)).toBe(1);
  });

  it("reads no byte beyond its end, wherever that is", () => {
    for (let n = 0; n < good.length; n++) expect([1, 6]).toContain(exifOrientation(good.subarray(0, n)));
    expect(exifOrientation(exif(true, []).with(6 + 8, 255))).toBe(1);
  });

  it("knows EXIF by its mark, and which orientations swap the sides", () => {
    expect([isExif(good), isExif(good.subarray(0, 5)), isExif(good.with(0, 0))]).toEqual([true, false, false]);
    expect(ALL.filter(isTurned)).toEqual([5, 6, 7, 8]);
  });
});
