import { UsageError } from "../../errors.ts";
import type { Gpu } from "../../gpu/device.ts";
import { sceneImage, sceneLabels } from "../../gpu/kernels.gen.ts";
import { Plan } from "../../gpu/plan.ts";
import type { Operand } from "../../gpu/slot.ts";
import { checkChoice, checkNames, checkNumber } from "../../options.ts";
import { labViews } from "../lab.ts";
import { type MultiViewDataset, multiViewDataset, type ViewImages } from "../multi_view.ts";
import { ROOMS, SEGMENTS } from "../scenes/classes.ts";
import { kindOf, type Scene, sceneOf } from "../scenes/scene.ts";
import { GROUP_SIZE, HEADER_SIZE, MAX_GROUPS, MAX_PARTS, PART_SIZE, tablesOf } from "../scenes/table.ts";

/** Depth in metres that the byte 255 of the view `depth` stands for; what is farther has 255, too. One step is 31 mm. */
export const DEPTH_RANGE = 8;

/** Part of the fingerprint: goes up whenever a scene of a (seed, index) looks different than before. */
const VERSION = 1;
/** Of one view: what one array holds everywhere. */
const MAX_BYTES = 2 ** 31 - 1;
/** Scenes rendered by one run of the plan. */
const BATCH = 32;
/** Operations of a pixel, as an upper estimate: what long launches are cut by. */
const FLOPS_A_PIXEL = { image: 60_000, labels: 4_000 } as const;

export interface ScenesOptions {
  /** Number of scenes N. */
  readonly count: number;
  /** Height and width in pixels, 1 to 1024 each. Default [32, 32]. */
  readonly size?: readonly [number, number];
  /** Default 1. Scenes of other seeds are other scenes. */
  readonly seed?: number;
  /** Index of the first scene: sets from ranges that do not overlap share no scene. Default 0. */
  readonly from?: number;
  /** Numbers in `ROOMS`, each once: only rooms of these kinds, as many of each. Default: all. */
  readonly kinds?: readonly number[];
  /** `lab`: `luminance` and `chrominance` in place of `image`, as two views. Default `rgb`. */
  readonly colours?: "rgb" | "lab";
  /** Default: "scenes". */
  readonly name?: string;
}

/** What the kernels give for a batch: RGB 0 to 1, metres, unit vectors in the camera's axes, class numbers. Planar. */
export interface RenderedScenes {
  readonly image: Float32Array;
  readonly depth: Float32Array;
  readonly normal: Float32Array;
  readonly segment: Uint32Array;
}

/**
 * Random furnished rooms, rendered on the GPU and read back: the views of an RGB-D camera without its faults. Scene i of a seed is
 * the same scene in any set and at any size.
 *
 * - `image`: RGB; or `luminance` and `chrominance`, as `labViews`.
 * - `depth`: distance along the optical axis, `255 min(metres / DEPTH_RANGE, 1)`.
 * - `normals`: unit vectors in the camera's axes (right, up, towards the camera) as `255 (n + 1) / 2`.
 * - `segments`: class numbers of the 13 names in `SEGMENTS`.
 *
 * Labels: what the room is for (`ROOMS`), as many of each kind.
 * @throws UsageError for unknown options and values out of range
 */
export async function scenes(gpu: Gpu, options: ScenesOptions): Promise<MultiViewDataset> {
  const { count, size, seed, from, kinds, colours, name } = checkedScenes(options);
  const [height, width] = size;
  const pixels = height * width;
  const image = new Uint8Array(count * 3 * pixels);
  const depth = new Uint8Array(count * pixels);
  const normals = new Uint8Array(count * 3 * pixels);
  const segments = new Uint8Array(count * pixels);
  const numbers = indicesOf(seed, from, count, kinds);
  const renderer = new SceneRenderer(gpu, Math.min(count, BATCH), size, seed);
  try {
    for (let first = 0; first < count; first += BATCH) {
      const indices = numbers.slice(first, first + BATCH);
      const got = await renderer.render(
        indices.map((index) => sceneOf(seed, index)),
        indices,
      );
      image.set(got.image.map(byteOf), first * 3 * pixels);
      depth.set(
        got.depth.map((metres) => byteOf(metres / DEPTH_RANGE)),
        first * pixels,
      );
      normals.set(
        got.normal.map((n) => byteOf((n + 1) / 2)),
        first * 3 * pixels,
      );
      segments.set(got.segment, first * pixels);
    }
  } finally {
    renderer.close();
  }
  const view = (name: string, channels: number, bytes: Uint8Array): ViewImages => ({ name, channels, height, width, pixels: () => bytes });
  const made = multiViewDataset({
    name,
    views: [
      ...(colours === "lab" ? labViews(view("image", 3, image)) : [view("image", 3, image)]),
      view("depth", 1, depth),
      view("normals", 3, normals),
      { ...view("segments", 1, segments), kind: "classes", classes: SEGMENTS },
    ],
    labels: numbers.map((index) => kindNumber(seed, index)),
    classes: ROOMS,
  });
  // Not of the bytes: adapters differ in last bits, and a run must go on on another one.
  const rooms = kinds.length < ROOMS.length ? `, rooms ${kinds.join(", ")}` : "";
  const fingerprint = `scenes ${VERSION}: ${count} from ${from} of seed ${seed}, ${height} x ${width}${rooms}${colours === "lab" ? ", lab" : ""}`;
  return Object.create(made, { fingerprint: { value: fingerprint, enumerable: true } }) as MultiViewDataset;
}

const kindNumber = (seed: number, index: number): number => ROOMS.indexOf(kindOf(seed, index));

/** The first `count` scenes of these kinds. */
function indicesOf(seed: number, from: number, count: number, kinds: readonly number[]): number[] {
  const indices: number[] = [];
  for (let index = from; indices.length < count; index++) if (kinds.includes(kindNumber(seed, index))) indices.push(index);
  return indices;
}

const byteOf = (share: number): number => Math.round(255 * Math.min(1, Math.max(0, share)));

function checkedScenes(options: ScenesOptions): Required<ScenesOptions> {
  checkNames("scenes", options, ["count", "size", "seed", "from", "kinds", "colours", "name"]);
  const { count, size = [32, 32], seed = 1, from = 0, kinds = [...ROOMS.keys()], colours = "rgb", name = "scenes" } = options;
  checkNumber("scenes: count", count, { min: 1, integer: true });
  checkNumber("scenes: seed", seed, { min: 0, max: 2 ** 32 - 1, integer: true });
  checkKinds(kinds);
  checkChoice("scenes: colours", colours, ["rgb", "lab"]);
  // Of six in a row, one is of a kind.
  const range = kinds.length < ROOMS.length ? ROOMS.length * (count + 1) : count;
  checkNumber("scenes: from", from, { min: 0, max: 2 ** 32 - range, integer: true });
  if (!Array.isArray(size) || size.length !== 2)
    throw new UsageError(`scenes: size: expected [height, width], got ${JSON.stringify(size)}`);
  for (const side of size) checkNumber("scenes: size", side, { min: 1, max: 1024, integer: true });
  if (3 * size[0] * size[1] * count > MAX_BYTES)
    throw new UsageError(
      `scenes: count: expected at most ${Math.floor(MAX_BYTES / (3 * size[0] * size[1]))} of ${size.join(" x ")}, got ${count}`,
    );
  return { count, size: [size[0], size[1]], seed, from, kinds: [...kinds].sort((a, b) => a - b), colours, name };
}

function checkKinds(kinds: readonly number[]): void {
  const known = Array.isArray(kinds) && kinds.length > 0 && new Set(kinds).size === kinds.length && kinds.every((kind) => kind in ROOMS);
  if (known) return;
  const all = ROOMS.map((room, kind) => `${kind} ${room}`).join(", ");
  throw new UsageError(`scenes: kinds of rooms: expected some of ${all}, each once, got ${JSON.stringify(kinds)}`);
}

/** Two kernels recorded once, for batches of scenes of one size. */
export class SceneRenderer {
  readonly #plan: Plan;
  readonly #inputs: { readonly [name in "scenes" | "groups" | "parts" | "index"]: Operand };
  readonly #outputs: { readonly [name in "image" | "depth" | "normal" | "segment"]: Operand };

  /** @param batch most scenes at a time */
  constructor(
    gpu: Gpu,
    readonly batch: number,
    readonly size: readonly [height: number, width: number],
    seed: number,
  ) {
    const [B, [H, W], G, M] = [batch, size, MAX_GROUPS, MAX_PARTS];
    const plan = new Plan(gpu, "scenes");
    const scenes = plan.input("scenes", [B * HEADER_SIZE]);
    const groups = plan.input("groups", [B * G * GROUP_SIZE]);
    const parts = plan.input("parts", [B * M * PART_SIZE]);
    const index = plan.input("index", [B], "u32");
    const output = (label: string, shape: readonly number[], dtype: Operand["dtype"] = "f32"): Operand =>
      plan.keep({ slot: plan.slot(label, 4 * shape.reduce((a, b) => a * b, 1)), shape, dtype });
    const image = output("image", [B, 3, H, W]);
    const labels = {
      depth: output("depth", [B, H, W]),
      normal: output("normal", [B, 3, H, W]),
      segment: output("segment", [B, H, W], "u32"),
    };
    const grid = [Math.ceil((H * W) / 64), B];
    const flops = (each: number) => ({ flops: each * B * H * W });
    plan.launch(sceneImage, { scenes, groups, parts, index, image }, { B, G, M, H, W, seed }, grid, flops(FLOPS_A_PIXEL.image));
    plan.launch(sceneLabels, { scenes, groups, parts, ...labels }, { B, G, M, H, W }, grid, flops(FLOPS_A_PIXEL.labels));
    this.#plan = plan;
    this.#inputs = { scenes, groups, parts, index };
    this.#outputs = { image, ...labels };
  }

  /** @param indices the scenes' own, for their patterns and noise */
  async render(scenes: readonly Scene[], indices: readonly number[]): Promise<RenderedScenes> {
    if (scenes.length < 1 || scenes.length > this.batch || indices.length !== scenes.length)
      throw new UsageError(`scenes: expected 1 to ${this.batch} scenes and as many indices, got ${scenes.length} and ${indices.length}`);
    await this.#plan.open();
    const tables = tablesOf(scenes);
    const filled = <T extends Float32Array | Uint32Array>(operand: Operand, rows: T, all: T): readonly [Operand, T] => {
      all.set(rows);
      return [operand, all];
    };
    const sized = ({ shape }: Operand) => shape.reduce((a, b) => a * b, 1);
    const floats = (name: "scenes" | "groups" | "parts") =>
      filled(this.#inputs[name], tables[name], new Float32Array(sized(this.#inputs[name])));
    const index = filled(this.#inputs.index, Uint32Array.from(indices), new Uint32Array(this.batch));
    this.#plan.run(undefined, [floats("scenes"), floats("groups"), floats("parts"), index]);
    const read = async (name: "image" | "depth" | "normal" | "segment") => {
      const all = await this.#plan.read(this.#outputs[name]);
      return all.subarray(0, (all.length / this.batch) * scenes.length);
    };
    const [image, depth, normal] = [await read("image"), await read("depth"), await read("normal")];
    return { image, depth, normal, segment: await read("segment") } as RenderedScenes;
  }

  close(): void {
    this.#plan.close();
  }
}
