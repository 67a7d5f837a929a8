import { UsageError } from "../errors.ts";
import { fault } from "../formats/fault.ts";
import type { ArrayElement, ArrayFile } from "./array_file.ts";
import { majority, meanBytes, meanMeasured, type Shrink, shrinkOf } from "./shrink.ts";

/** Metres that the sensor sees: what lies farther is a hole. */
export const NYU_RANGE = 10;

/** What the arrays of the labelled set are, N frames of H rows and W columns; MATLAB's order, so columns come before rows. */
const ARRAYS: Readonly<Record<string, { readonly element: ArrayElement; readonly shape: string; readonly rank: number }>> = {
  images: { element: "u8", shape: "[N, 3, W, H]", rank: 4 },
  depths: { element: "f32", shape: "[N, W, H]", rank: 3 },
  rawDepths: { element: "f32", shape: "[N, W, H]", rank: 3 },
  labels: { element: "u16", shape: "[N, W, H]", rank: 3 },
  names: { element: "text references", shape: "[1, C]", rank: 2 },
  scenes: { element: "text references", shape: "[1, N]", rank: 2 },
  sceneTypes: { element: "text references", shape: "[1, N]", rank: 2 },
};
const REQUIRED: readonly string[] = ["images", "depths", "labels", "names", "scenes"];

export type DepthArray = "depths" | "rawDepths";

/** What a file holds, before any frame is read. */
export interface NyuHeader {
  readonly frames: number;
  readonly rows: number;
  readonly columns: number;
  /** Names of the raw classes: label c (from 1) is called names[c - 1]. */
  readonly names: readonly string[];
  /** [N]: where each frame was taken. */
  readonly scenes: readonly string[];
  /** [N]: what kind of room that is, when the file says so. */
  readonly sceneTypes: readonly string[] | undefined;
}

/** Frames as they are read: smaller, row by row, classes as in the file. */
export interface NyuFrames {
  readonly height: number;
  readonly width: number;
  /** u8 [n, 3, height, width]. */
  readonly images: Uint8Array;
  /** Metres [n, height, width], 0 in holes. */
  readonly depths: Float64Array;
  /** Raw classes [n, height, width], 0 where nobody labelled. */
  readonly labels: Uint16Array;
}

/**
 * Checks that a file is the labelled set of NYU Depth v2 (Silberman et al. 2012) and reads its names.
 * @throws FormatError naming the array, what it must be and what it is
 */
export function nyuHeader(file: ArrayFile, depths: DepthArray = "depths"): NyuHeader {
  const wanted = [...new Set([...REQUIRED, depths])];
  const missing = wanted.filter((array) => !file.info(array));
  if (missing.length > 0) {
    const found = file.list().slice(0, 12).join(", ") || "none";
    throw fault(
      file.name,
      "file",
      `the labelled set of NYU Depth v2 with ${wanted.join(", ")}`,
      `no ${missing.join(", ")}; arrays: ${found}`,
    );
  }
  const [frames = 0, channels = 0, columns = 0, rows = 0] = shapeOf(file, "images");
  if (frames * columns * rows === 0 || channels !== 3)
    throw fault(file.name, "images", "u8 [N, 3, W, H]", `[${shapeOf(file, "images").join(", ")}]`);
  for (const array of [depths, "labels"]) checkSizes(file, array, [frames, columns, rows]);
  const names = file.texts("names");
  shapeOf(file, "names");
  return { frames, rows, columns, names, scenes: textsOf(file, "scenes", frames), sceneTypes: sceneTypesOf(file, frames) };
}

/** The sizes of an array of the right type and rank. */
function shapeOf(file: ArrayFile, array: string): readonly number[] {
  const [info, expected] = [file.info(array), ARRAYS[array]];
  if (!info || !expected) throw fault(file.name, array, "an array", "none");
  if (info.element !== expected.element || info.shape.length !== expected.rank)
    throw fault(file.name, array, `${expected.element} ${expected.shape}`, `${info.element} [${info.shape.join(", ")}]`);
  return info.shape;
}

function checkSizes(file: ArrayFile, array: string, sizes: readonly number[]): void {
  const found = shapeOf(file, array);
  if (found.join() !== sizes.join()) throw fault(file.name, array, `[${sizes.join(", ")}] as the images`, `[${found.join(", ")}]`);
}

function textsOf(file: ArrayFile, array: string, frames: number): readonly string[] {
  shapeOf(file, array);
  const texts = file.texts(array);
  if (texts.length !== frames) throw fault(file.name, array, `${frames} texts, one a frame`, texts.length);
  return texts;
}

const sceneTypesOf = (file: ArrayFile, frames: number) => (file.info("sceneTypes") ? textsOf(file, "sceneTypes", frames) : undefined);

/** Bytes of images that one slice may take, unless the file stores more of them together. */
const SLICE = 16e6;
/** Most bytes of images kept: they are one array. */
const MAX_BYTES = 2 ** 31;

/**
 * The frames of `wanted` (sorted), made smaller; a slice of a few frames is read at a time, and none without a wanted frame.
 * @throws UsageError for a size above the file's, FormatError for damage or a label without a name
 */
export function nyuFrames(
  file: ArrayFile,
  header: NyuHeader,
  wanted: readonly number[],
  size: readonly [number, number],
  depths: DepthArray,
) {
  const shrink = shrinkOf(file.name, header.rows, header.columns, size);
  const [count, plane] = [wanted.length, shrink.height * shrink.width];
  if (3 * count * plane > MAX_BYTES)
    throw new UsageError(`${file.name}: ${count} images of ${size.join(" x ")} take more than 2 GiB: take smaller or fewer ones`);
  const frames = {
    ...{ height: shrink.height, width: shrink.width },
    images: new Uint8Array(3 * count * plane),
    depths: new Float64Array(count * plane),
    labels: new Uint16Array(count * plane),
  };
  const place = new Map(wanted.map((frame, i) => [frame, i]));
  for (const array of ["images", depths, "labels"]) {
    for (const [from, to] of slices(file, array, header, wanted)) {
      const data = file.slice(array, from, to);
      for (let frame = from; frame < to; frame++) {
        const i = place.get(frame);
        const entry = data.length / (to - from);
        if (i !== undefined) keep(shrink, data.subarray((frame - from) * entry, (frame - from + 1) * entry), i, frames);
      }
    }
  }
  checkLabels(file, header, frames.labels);
  return frames satisfies NyuFrames;
}

/** Runs of frames to read at once. */
function slices(file: ArrayFile, array: string, { frames, rows, columns }: NyuHeader, wanted: readonly number[]): [number, number][] {
  const together = Math.max(1, file.info(array)?.together ?? 1);
  const many = Math.max(1, Math.floor(SLICE / (3 * rows * columns * together))) * together;
  const blocks = [...new Set(wanted.map((frame) => Math.floor(frame / many)))];
  return blocks.map((block) => {
    const inside = wanted.filter((frame) => Math.floor(frame / many) === block);
    return [Math.max(block * many, Math.min(...inside)), Math.min(frames, Math.max(...inside) + 1)];
  });
}

/** One frame's numbers in the place of frame i; their type says which array they are of. */
function keep(shrink: Shrink, data: Uint8Array | Uint16Array | Float32Array | Float64Array, i: number, frames: NyuFrames): void {
  const [source, plane] = [shrink.rows * shrink.columns, shrink.height * shrink.width];
  if (data instanceof Uint8Array) {
    for (let c = 0; c < 3; c++) {
      const at = (3 * i + c) * plane;
      meanBytes(shrink, data.subarray(c * source, (c + 1) * source), frames.images.subarray(at, at + plane));
    }
  } else if (data instanceof Uint16Array) majority(shrink, data, frames.labels.subarray(i * plane, (i + 1) * plane));
  else meanMeasured(shrink, data, NYU_RANGE, frames.depths.subarray(i * plane, (i + 1) * plane));
}

function checkLabels(file: ArrayFile, { names }: NyuHeader, labels: Uint16Array): void {
  const stray = labels.findIndex((label) => label > names.length);
  if (stray >= 0) throw fault(file.name, "labels", `0 to ${names.length}, the number of names`, labels[stray] ?? 0);
}
