import { UsageError } from "../errors.ts";
import { checkChoice, checkNames, checkNumber } from "../options.ts";
import type { ArrayFile } from "./array_file.ts";
import { gather, subsetIndices } from "./dataset.ts";
import { type MultiViewDataset, multiViewDataset, type ViewImages } from "./multi_view.ts";
import { type Camera, normalsOf, scaledCamera } from "./normals.ts";
import { type DepthArray, NYU_RANGE, type NyuFrames, type NyuHeader, nyuFrames, nyuHeader } from "./nyu_frames.ts";
import { type NyuSplit, splitByScene } from "./nyu_split.ts";
import { type PatchOptions, patchGrid, patchView, repeated } from "./patches.ts";

export interface NyuOptions {
  /** Height and width that frames are shrunk to. Default [96, 128]: a fifth. */
  readonly size?: readonly [number, number];
  /** How many of the 894 raw classes keep their names; the rest becomes "other". Default 13, at most 254. */
  readonly segments?: number;
  /** `filled` (default): the depths with their holes painted over, as published. `raw`: as measured, holes and all. */
  readonly depth?: "filled" | "raw";
  /** Cut the shrunk frames into patches, each a sample. */
  readonly patches?: PatchOptions | null;
  /** Which frames are held out. Default: by scene. */
  readonly split?: NyuSplit | undefined;
  /** How many training frames, the first ones; null or left out: all. */
  readonly limit?: number | null;
  /** How many held-out frames at most, the first ones; null or left out: all. */
  readonly test?: number | null;
}

/** The names of `NyuOptions` that a config may set for itself. */
export const NYU_OPTIONS: readonly string[] = ["size", "segments", "depth", "patches"];

/**
 * The colour camera of NYU Depth v2, in whose image the labelled depths lie: fx_rgb ... cy_rgb of camera_params.m in the data set's toolbox
 * (cs.nyu.edu/~silberman/datasets/nyu_depth_v2.html). MATLAB numbers pixels from 1, so that (x - cx) there is (c + 1 - cx): half a
 * pixel less than with centres at c + 0.5. The lens has been straightened already.
 */
const CAMERA: Camera = { fx: 518.857901, fy: 519.469611, cx: 325.582449 - 0.5, cy: 253.736166 - 0.5 };
const CAMERA_SIZE = { rows: 480, columns: 640 };

/**
 * NYU Depth v2, the labelled set (Silberman et al. 2012), as four views of one size; only the frames asked for are read.
 *
 * - `image` [3]: means over areas.
 * - `depth` [2]: first 255 z / 10 m, at least 1, z the mean of what was measured; 0 in a hole, that is where less than half of the area
 *   was measured. Then 255 where there is a depth, 0 in a hole: a hole is masked, not a depth of zero.
 * - `normals` [4]: 128 + 127 n for x (right), y (down), z (away from the camera) of unit normals (`normalsOf`), then 255; where there is
 *   none, the zero vector, 128, and 0.
 * - `labels`: class numbers. 0 is "void", not labelled; then the classes that cover most of the training frames, by how much;
 *   the last is "other". The class of an area is that of its largest part.
 *
 * A sample whose view says nothing anywhere (all holes, all void) lacks that view. A frame's label is its kind of room, when the file has
 * `sceneTypes`. (The mappings to 13 and 40 classes are published apart from this file, so they are not used.)
 * @throws FormatError when the file is not NYU's or is damaged, UsageError for options out of range
 */
export function nyuFrom(file: ArrayFile, options: NyuOptions = {}): { train: MultiViewDataset; test: MultiViewDataset } {
  const { size = [96, 128], segments = 13, depth = "filled", patches = null } = options;
  checkNames("nyu", options, [...NYU_OPTIONS, "split", "limit", "test"]);
  checkNumber("nyu: segments", segments, { min: 1, max: 254, integer: true });
  checkChoice("nyu: depth", depth, ["filled", "raw"]);
  if (!Array.isArray(size) || size.length !== 2) throw new UsageError(`nyu: size: expected [height, width], got ${JSON.stringify(size)}`);
  const pieces = patches ? patchGrid(size[0] ?? 0, size[1] ?? 0, patches).length : 1;
  const array: DepthArray = depth === "raw" ? "rawDepths" : "depths";
  const header = nyuHeader(file, array);
  const split = options.split ?? splitByScene(header.scenes, file.name);
  const take = (part: readonly number[], limit: number | null | undefined) =>
    Array.from(subsetIndices(part.length, limit === null || limit === undefined ? {} : { limit }), (i) => part[i] ?? 0);
  const most = Math.min(options.test ?? split.test.length, split.test.length);
  const wanted = { train: take(split.train, options.limit), test: take(split.test, most) };
  const read = (frames: readonly number[]) => nyuFrames(file, header, frames, [size[0] ?? 0, size[1] ?? 0], array);
  const frames = { train: read(wanted.train), test: read(wanted.test) };
  const shown = chooseClasses(frames.train.labels, header.names, segments);
  const part = (which: "train" | "test"): MultiViewDataset => {
    const views = viewsOf(frames[which], header, shown).map((view) => withPresence(patches ? patchView(view, patches) : view));
    return multiViewDataset({ name: `nyu/${which}`, views, ...roomsOf(header, wanted[which], pieces) });
  };
  return { train: part("train"), test: part("test") };
}

/** What raw classes become. */
interface Classes {
  readonly names: readonly string[];
  /** Class of each raw class, 0 included. */
  readonly of: Uint8Array;
}

/** The `count` classes that cover most pixels, by how many; of equal ones the lower number first. */
function chooseClasses(labels: Uint16Array, names: readonly string[], count: number): Classes {
  const pixels = new Float64Array(names.length + 1);
  for (const label of labels) pixels[label] = (pixels[label] ?? 0) + 1;
  const order = names
    .map((_, i) => i + 1)
    .filter((raw) => (pixels[raw] ?? 0) > 0)
    .sort((a, b) => (pixels[b] ?? 0) - (pixels[a] ?? 0) || a - b);
  const kept = order.slice(0, count);
  const of = new Uint8Array(names.length + 1).fill(kept.length + 1);
  of[0] = 0;
  kept.forEach((raw, i) => {
    of[raw] = i + 1;
  });
  return { names: ["void", ...kept.map((raw) => names[raw - 1] ?? ""), "other"], of };
}

function viewsOf({ height, width, images, depths, labels }: NyuFrames, { rows, columns }: NyuHeader, classes: Classes): ViewImages[] {
  const classOf = Uint8Array.from(labels, (raw) => classes.of[raw] ?? 0);
  const toFile = scaledCamera(CAMERA, columns / CAMERA_SIZE.columns, rows / CAMERA_SIZE.rows);
  const camera = scaledCamera(toFile, width / columns, height / rows);
  const view = (name: string, channels: number, pixels: Uint8Array): ViewImages => ({
    name,
    channels,
    height,
    width,
    pixels: () => pixels,
  });
  return [
    view("image", 3, images),
    view("depth", 2, depthBytes(depths, height * width)),
    view("normals", 4, normalBytes(depths, height, width, camera)),
    { ...view("labels", 1, classOf), kind: "classes", classes: classes.names },
  ];
}

function depthBytes(depths: Float64Array, plane: number): Uint8Array {
  const out = new Uint8Array(2 * depths.length);
  depths.forEach((z, at) => {
    const first = 2 * plane * Math.floor(at / plane) + (at % plane);
    out[first] = z > 0 ? Math.max(1, Math.round((255 * z) / NYU_RANGE)) : 0;
    out[first + plane] = z > 0 ? 255 : 0;
  });
  return out;
}

function normalBytes(depths: Float64Array, height: number, width: number, camera: Camera): Uint8Array {
  const plane = height * width;
  const out = new Uint8Array(4 * depths.length);
  for (let from = 0; from < depths.length; from += plane) {
    const normals = normalsOf(depths.subarray(from, from + plane), height, width, camera);
    normals.forEach((v, i) => {
      out[4 * from + i] = 128 + Math.round(127 * v);
    });
    for (let at = 0; at < plane; at++) {
      const there = normals[at] !== 0 || normals[plane + at] !== 0 || normals[2 * plane + at] !== 0;
      out[4 * from + 3 * plane + at] = there ? 255 : 0;
    }
  }
  return out;
}

/** The last channel of depth and normals says where they are; void is nowhere. */
function withPresence(view: ViewImages): ViewImages {
  if (view.name === "image") return view;
  const { channels, height, width } = view;
  const pixels = view.pixels();
  const sample = channels * height * width;
  const present = Uint8Array.from({ length: pixels.length / sample }, (_, i) => {
    const mask = pixels.subarray((i + 1) * sample - height * width, (i + 1) * sample);
    return mask.some((byte) => byte !== 0) ? 1 : 0;
  });
  return present.includes(0) ? { ...view, present } : view;
}

function roomsOf({ sceneTypes }: NyuHeader, frames: readonly number[], times: number): { labels?: Uint32Array; classes?: string[] } {
  if (!sceneTypes) return {};
  const classes = [...new Set(sceneTypes)].sort();
  const labels = Uint32Array.from(frames, (frame) => classes.indexOf(sceneTypes[frame] ?? ""));
  return { labels: gather(labels, 1, repeated(frames.length, times)), classes };
}
