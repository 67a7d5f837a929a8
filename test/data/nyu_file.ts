import { readFile, writeFile } from "node:fs/promises";
import * as h5wasm from "h5wasm/node";

export const FRAMES = 6;
export const ROWS = 48;
export const COLUMNS = 64;
export const NAMES = ["bed", "wall", "floor", "lamp", "book"];
/** Three rooms, two of them in parts. */
export const SCENES = ["bedroom_0001", "study_0005a", "bedroom_0001", "study_0005b", "kitchen_0002", "kitchen_0002"];
export const TYPES = ["bedroom", "study", "bedroom", "study", "kitchen", "kitchen"];

/** Pixel of frame n, channel c, row r, column k: no two neighbours equal, no symmetry. */
export const pixel = (n: number, c: number, r: number, k: number): number => (37 * n + 61 * c + 5 * r + 3 * k + ((r * k) % 7)) % 256;
/** Metres: a slope with a fold; in the raw map every frame but the first has holes, and something out of range. */
export const depth = (n: number, r: number, k: number): number => 1.5 + 0.01 * k + 0.02 * r + 0.3 * n + (k > 40 ? 2 : 0);
export const rawDepth = (n: number, r: number, k: number): number => {
  if (n === 5) return 0;
  if (n > 0 && r < 12 && k < 20 + n) return 0;
  if (n === 2 && r > 40) return 10.5;
  return n === 3 && k === 50 ? Number.NaN : Math.fround(depth(n, r, k));
};
/** Raw class: wall above floor, a bed in the middle, a lamp, a book in one frame; a border without label. Frame 4 has none. */
export const label = (n: number, r: number, k: number): number => {
  if (n === 4 || r < 2 || k < 3) return 0;
  if (n === 1 && r > 40 && k > 50) return 5;
  if (r > 10 && r < 22 && k > 20 + n && k < 33) return 1;
  return k > 55 ? 4 : r < 28 ? 2 : 3;
};

/** MATLAB's order: frame, (channel,) column, row. */
function frames<T extends { [i: number]: number }>(out: T, value: (n: number, r: number, k: number) => number, count = FRAMES): T {
  let at = 0;
  for (let n = 0; n < count; n++) for (let k = 0; k < COLUMNS; k++) for (let r = 0; r < ROWS; r++) out[at++] = value(n, r, k);
  return out;
}

export type Arrays = ReadonlyMap<
  string,
  { data: Parameters<h5wasm.Group["create_dataset"]>[0]["data"]; shape: number[] } | readonly string[]
>;

/** The arrays of a small labelled set; texts stand for cell arrays. */
export function nyuArrays(): Map<string, { data: Uint8Array | Uint16Array | Float32Array; shape: number[] } | readonly string[]> {
  const plane = ROWS * COLUMNS;
  const images = new Uint8Array(3 * FRAMES * plane);
  for (let c = 0; c < 3; c++) {
    const channel = frames(new Uint8Array(FRAMES * plane), (n, r, k) => pixel(n, c, r, k));
    for (let n = 0; n < FRAMES; n++) images.set(channel.subarray(n * plane, (n + 1) * plane), (3 * n + c) * plane);
  }
  const shape = [FRAMES, COLUMNS, ROWS];
  return new Map<string, { data: Uint8Array | Uint16Array | Float32Array; shape: number[] } | readonly string[]>([
    ["images", { data: images, shape: [FRAMES, 3, COLUMNS, ROWS] }],
    ["depths", { data: frames(new Float32Array(FRAMES * plane), depth), shape }],
    ["rawDepths", { data: frames(new Float32Array(FRAMES * plane), rawDepth), shape }],
    ["labels", { data: frames(new Uint16Array(FRAMES * plane), label), shape }],
    ["accelData", { data: new Float32Array(4 * FRAMES), shape: [4, FRAMES] }],
    ["names", NAMES],
    ["scenes", SCENES],
    ["sceneTypes", TYPES],
  ]);
}

/** Writes a MATLAB 7.3 file: 512 bytes of MATLAB's own, then HDF5 with cell arrays as references, chunks and deflate. */
export async function writeMat(path: string, arrays: Arrays): Promise<void> {
  await h5wasm.ready;
  const file = new h5wasm.File(path, "w");
  const texts = file.create_group("#refs#");
  for (const [name, array] of arrays) {
    if ("data" in array) {
      const chunks = array.shape.map((size, i) => (i === 0 ? Math.min(2, size) : size));
      file.create_dataset({ name, data: array.data, shape: array.shape, chunks, compression: 4 });
      continue;
    }
    const cells = array.map((text, i) => {
      const data = Uint16Array.from(text, (letter) => letter.charCodeAt(0));
      return texts.create_dataset({ name: `${name}${i}`, data, shape: [text.length, 1] }).create_reference();
    });
    const dataset = file.create_dataset({ name, data: cells, shape: [1, array.length], dtype: "Reference" });
    dataset.create_attribute("MATLAB_class", "cell");
  }
  file.close();
  await writeFile(path, Buffer.concat([matlabHead("7.3", 512), await readFile(path)]));
}

/** What a MATLAB file begins with. */
export function matlabHead(version: string, bytes: number): Buffer {
  const head = Buffer.alloc(bytes);
  head.write(`MATLAB ${version} MAT-file, Platform: GLNXA64, Created on: Thu Jan  1 00:00:00 1970`.padEnd(116));
  head.write("IM", 126);
  return head;
}
