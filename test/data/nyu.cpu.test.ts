import { mkdtemp, open, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadData } from "../../src/cli/data.ts";
import { isMultiView, type MultiViewDataset } from "../../src/data/multi_view.ts";
import type { NyuOptions } from "../../src/data/nyu.ts";
import { FormatError, UsageError } from "../../src/errors.ts";
import { openHdf5 } from "../../src/host/hdf5.ts";
import { readNyu } from "../../src/host/nyu.ts";
import {
  type Arrays,
  COLUMNS,
  type depth,
  label,
  matlabHead,
  NAMES,
  nyuArrays,
  pixel,
  ROWS,
  rawDepth,
  SCENES,
  writeMat,
} from "./nyu_file.ts";

let dir: string;
let mat: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "nearfar-nyu-"));
  mat = join(dir, "nyu_depth_v2_labeled.mat");
  await writeMat(mat, nyuArrays());
});
afterAll(() => rm(dir, { recursive: true }));

/** The rooms by hash: which frames are held out is fixed for good. */
const TRAIN = [0, 1, 2, 3];
const TEST = [4, 5];

const read = (options: NyuOptions = {}, path = mat) => readNyu(path, { size: [24, 32], ...options });
const pixelsOf = (data: MultiViewDataset, name: string): Uint8Array => data.views.find((view) => view.name === name)!.pixels();

/** Area means by brute force: every source pixel is cut into 5 x 25 parts, each of which lies under one output pixel. */
function parts(height: number, width: number, y: number, x: number, visit: (r: number, k: number) => void): void {
  const [rows, columns] = [(ROWS * 5) / height, (COLUMNS * 25) / width];
  expect([rows, columns].every(Number.isInteger)).toBe(true);
  for (let r = y * rows; r < (y + 1) * rows; r++)
    for (let k = x * columns; k < (x + 1) * columns; k++) visit(Math.floor(r / 5), Math.floor(k / 25));
}

/** Mean of the values above 0 and at most 10 under an output pixel, 0 where they are less than half. */
function meanDepth(of: typeof depth, n: number, size: readonly [number, number], y: number, x: number): number {
  let [sum, measured, all] = [0, 0, 0];
  parts(...size, y, x, (r, k) => {
    all++;
    const z = of(n, r, k);
    if (z > 0 && z <= 10) [sum, measured] = [sum + z, measured + 1];
  });
  return 2 * measured >= all ? sum / measured : 0;
}

describe("every value of the views", () => {
  for (const size of [
    [24, 32],
    [20, 25],
  ] as const) {
    test(`at ${size.join(" x ")}`, async () => {
      const { train, test: held } = await read({ size, depth: "raw", segments: 2 });
      const [height, width] = size;
      expect(train.views.map(({ name, channels }) => `${name} ${channels}`)).toEqual(["image 3", "depth 2", "normals 4", "labels 1"]);
      const ranked = ["void", "wall", "floor", "other"];
      for (const [data, numbers] of [
        [train, TRAIN],
        [held, TEST],
      ] as const) {
        expect([data.length, data.height, data.width]).toEqual([numbers.length, height, width]);
        const [image, depths, labels] = ["image", "depth", "labels"].map((name) => pixelsOf(data, name));
        expect(data.views[3]!.classes).toEqual(ranked);
        numbers.forEach((n, i) => {
          for (let at = 0; at < height * width; at += 7) {
            const [y, x] = [Math.floor(at / width), at % width];
            const sums = [0, 0, 0];
            const counts = new Map<number, number>();
            let all = 0;
            parts(height, width, y, x, (r, k) => {
              all++;
              sums.forEach((sum, c) => {
                sums[c] = sum + pixel(n, c, r, k);
              });
              counts.set(label(n, r, k), (counts.get(label(n, r, k)) ?? 0) + 1);
            });
            sums.forEach((sum, c) => {
              expect(Math.abs(image![((3 * i + c) * height + y) * width + x]! - sum / all)).toBeLessThanOrEqual(0.5 + 1e-9);
            });
            const z = meanDepth(rawDepth, n, size, y, x);
            const [byte, there] = [depths![2 * i * height * width + at]!, depths![(2 * i + 1) * height * width + at]!];
            expect(there, `${n}: ${y}, ${x}`).toBe(z > 0 ? 255 : 0);
            expect(Math.abs(byte - 25.5 * z)).toBeLessThanOrEqual(0.5 + 1e-5);
            const most = Math.max(...counts.values());
            const winners = [...counts].filter(([, count]) => count === most).map(([raw]) => raw);
            const raw = Math.min(...winners.map((own) => (own === 0 ? 99 : own))) % 99;
            const name = ["void", ...NAMES][raw]!;
            expect(ranked[labels![i * height * width + at]!]).toBe(ranked.includes(name) ? name : "other");
          }
        });
      }
    });
  }
});

test("normals: that of the plane where there is one, none at holes; the two planes of a fold are kept apart", async () => {
  const size = [24, 32] as const;
  const { train } = await read({ size, depth: "raw" });
  const normals = pixelsOf(train, "normals");
  const depths = pixelsOf(train, "depth");
  // Points of two rows and columns of the shrunk grid, by the colour camera's numbers at a tenth of its size and half of that again.
  const point = (y: number, x: number): number[] => {
    const z = meanDepth(rawDepth, 0, size, y, x);
    const across = ((x + 0.5) * 20 + 0.5 - 325.582449) / 518.857901;
    const down = ((y + 0.5) * 20 + 0.5 - 253.736166) / 519.469611;
    return [across * z, down * z, z];
  };
  const minus = (a: number[], b: number[]) => a.map((v, i) => v - b[i]!);
  const expected = (y: number, x: number, left: number, right: number): number[] => {
    const [a, b] = [minus(point(y, right), point(y, left)), minus(point(y + 1, x), point(y - 1, x))];
    const cross = [a[1]! * b[2]! - a[2]! * b[1]!, a[2]! * b[0]! - a[0]! * b[2]!, a[0]! * b[1]! - a[1]! * b[0]!];
    return cross.map((v) => (-Math.sign(cross[2]!) * v) / Math.hypot(...cross));
  };
  const at = (y: number, x: number, i = 0) => [0, 1, 2, 3].map((c) => normals[((4 * i + c) * 24 + y) * 32 + x]!);
  // Column 20 holds both sides of the fold at 40.5; 19 and 21 lie on either side of it, and look away from it.
  for (const [y, x, left, right] of [
    [5, 7, 6, 8],
    [20, 19, 18, 19],
    [12, 25, 24, 26],
  ] as const) {
    const got = at(y, x);
    expected(y, x, left, right).forEach((v, c) => {
      expect(Math.abs((got[c]! - 128) / 127 - v), `${y}, ${x}, ${c}`).toBeLessThan(0.01);
    });
    expect(got[3]).toBe(255);
  }
  for (let i = 0; i < 4; i++) {
    for (let p = 0; p < 24 * 32; p++) {
      const [x, y, z, there] = at(Math.floor(p / 32), p % 32, i);
      if (depths[(2 * i + 1) * 768 + p] === 0) expect(there).toBe(0);
      if (there === 0) expect([x, y, z]).toEqual([128, 128, 128]);
      else expect(Math.abs(Math.hypot(x! - 128, y! - 128, z! - 128) / 127 - 1)).toBeLessThan(0.01);
    }
  }
});

test("a sample lacks the views that say nothing; its label is its kind of room", async () => {
  const { train, test: held } = await read({ depth: "raw" });
  expect(held.views.map(({ present }) => present && [...present])).toEqual([undefined, [1, 0], [1, 0], [0, 1]]);
  expect(train.views.every(({ present }) => present === undefined)).toBe(true);
  expect([...train.labels!].map((i) => train.classes![i])).toEqual(["bedroom", "study", "bedroom", "study"]);
  const filled = await read();
  expect(filled.test.views[1]!.present).toBeUndefined();
});

describe("splits", () => {
  test("no room is on both sides", async () => {
    const { train, test: held } = await read();
    expect([train.length, held.length]).toEqual([TRAIN.length, TEST.length]);
    expect([...held.labels!].map((i) => held.classes![i])).toEqual(["kitchen", "kitchen"]);
    const rooms = (numbers: number[]) => new Set(numbers.map((n) => SCENES[n]!.slice(0, 9)));
    expect([...rooms(TRAIN)].filter((room) => rooms(TEST).has(room))).toEqual([]);
  });

  test("the published lists beside the file; limits take the first of each", async () => {
    const json = join(dir, "splits.json");
    await writeFile(json, JSON.stringify({ trainNdxs: [[6], [2], [1]], testNdxs: [3] }));
    try {
      const { train, test: held } = await read({ limit: 2 }, dir);
      expect([train.length, held.length]).toEqual([2, 1]);
      expect([...train.labels!].map((i) => train.classes![i])).toEqual(["bedroom", "study"]);
      for (const [lists, message] of [
        [{ trainNdxs: [1, 2] }, /splits\.json: testNdxs: expected a list of frame numbers/],
        [{ trainNdxs: [1, 7], testNdxs: [2] }, /trainNdxs: expected frame numbers from 1 to 6, found 7/],
        [{ trainNdxs: [1, 0], testNdxs: [2] }, /found 0/],
        [{ trainNdxs: [1, 2], testNdxs: [2] }, /testNdxs: frame 2 is there twice/],
        [null, /trainNdxs: expected a list/],
      ] as const) {
        await writeFile(json, JSON.stringify(lists));
        await expect(read()).rejects.toThrow(FormatError);
        await expect(read()).rejects.toThrow(message);
      }
      await writeFile(json, matlabHead("5.0", 128));
      await expect(read()).rejects.toThrow(/splits\.json: expected JSON with trainNdxs and testNdxs, found "MATLAB 5\.0/);
    } finally {
      await rm(json);
    }
  });
});

test("patches: each a sample with its frame's label, all views cut at one place", async () => {
  const { test: whole } = await read({ depth: "raw" });
  const { train, test: held } = await read({ depth: "raw", patches: { size: 6, stride: 5 } });
  const grid = [0, 5, 10, 15].flatMap((top) => [0, 5, 10, 15, 20, 25].map((left) => [top, left] as const));
  expect([train.length, held.length, held.height, held.width]).toEqual([4 * 24, 2 * 24, 6, 6]);
  expect([...held.labels!]).toEqual([...whole.labels!].flatMap((own) => Array(24).fill(own)));
  held.views.forEach(({ name, channels: C, pixels }, v) => {
    const [got, from] = [pixels(), whole.views[v]!.pixels()];
    got.forEach((byte, at) => {
      const [sample, c, r, k] = [Math.floor(at / (C * 36)), Math.floor(at / 36) % C, Math.floor(at / 6) % 6, at % 6];
      const [top, left] = grid[sample % 24]!;
      const there = ((Math.floor(sample / 24) * C + c) * 24 + top + r) * 32 + left + k;
      if (byte !== from[there]) expect.fail(`${name}: sample ${sample}, channel ${c}, ${r}, ${k}`);
    });
  });
  // Frame 4 has one hole, at the top left, and no label; frame 5 is all hole.
  expect([...held.views[1]!.present!]).toEqual([0, 0, ...Array(22).fill(1), ...Array(24).fill(0)]);
  expect([...held.views[3]!.present!]).toEqual([...Array(24).fill(0), ...Array(24).fill(1)]);
});

test("the command line reads it; another data set refuses its options", async () => {
  const config = { name: "nyu", folder: mat, limit: 1, test: 2000, size: [12, 16] as const };
  const { train, test: held } = await loadData(config);
  expect([isMultiView(train), train.length, train.height, held.length]).toEqual([true, 1, 12, 2]);
  await expect(loadData({ ...config, name: "cifar10" })).rejects.toThrow(/data cifar10: unknown option "size"/);
  await expect(loadData({ ...config, folder: null })).rejects.toThrow(/--data-dir, got nothing/);
  await expect(loadData({ ...config, folder: join(dir, "none") })).rejects.toThrow(/none: no such file or folder/);
});

describe("what is no labelled set", () => {
  const bad = async (change: (arrays: ReturnType<typeof nyuArrays>) => void): Promise<string> => {
    const arrays = nyuArrays();
    change(arrays);
    const path = join(dir, "bad.mat");
    await writeMat(path, arrays as Arrays);
    return path;
  };
  const sized = (data: Uint8Array | Uint16Array | Float32Array, shape: number[]) => ({ data, shape });

  test.each<[string, Parameters<typeof bad>[0], RegExp]>([
    [
      "no labels",
      (a) => a.delete("labels"),
      /bad\.mat: file: expected the labelled set of NYU Depth v2 .*found no labels; arrays: #refs#, accel/,
    ],
    [
      "gray images",
      (a) => a.set("images", sized(new Uint8Array(6 * 9), [6, 1, 3, 3])),
      /images: expected u8 \[N, 3, W, H\], found \[6, 1, 3, 3\]/,
    ],
    [
      "images of floats",
      (a) => a.set("images", sized(new Float32Array(162), [6, 3, 3, 3])),
      /expected u8 \[N, 3, W, H\], found f32 \[6, 3, 3, 3\]/,
    ],
    [
      "fewer depths",
      (a) => a.set("depths", sized(new Float32Array(5 * 3072), [5, 64, 48])),
      /depths: expected \[6, 64, 48\] as the images, found \[5/,
    ],
    ["a label without a name", (a) => a.set("names", NAMES.slice(0, 3)), /labels: expected 0 to 3, the number of names, found 4/],
    ["names that are numbers", (a) => a.set("names", sized(new Uint16Array(5), [1, 5])), /names: expected .*found u16/],
    ["too few scenes", (a) => a.set("scenes", SCENES.slice(1)), /scenes: expected 6 texts, one a frame, found 5/],
  ])("%s", async (_, change, message) => {
    const path = await bad(change);
    await expect(read({}, path)).rejects.toThrow(FormatError);
    await expect(read({}, path)).rejects.toThrow(message);
  });

  test("one room only: nothing to hold out", async () => {
    const path = await bad((a) => a.set("scenes", Array(6).fill("office_0001")));
    await expect(read({}, path)).rejects.toThrow(/all frames are of office_0001: a held-out part needs a second room, or splits\.json/);
  });

  test("a file cut short anywhere, and one that is damaged inside", async () => {
    const path = join(dir, "cut.mat");
    const bytes = await readFile(mat);
    for (const length of [0, 100, 512, 600, 5000, bytes.length - 1]) {
      await writeFile(path, bytes.subarray(0, length));
      await expect(read({}, path), `${length} bytes`).rejects.toThrow(FormatError);
    }
    await expect(read({}, path)).rejects.toThrow(/cut\.mat: file: expected a whole HDF5 file, found truncated file/);
    const at = bytes.indexOf(Uint8Array.of(0x78, 0x5e)); // the first deflated chunk
    expect(at).toBeGreaterThan(0);
    await writeFile(path, bytes.fill(7, at + 5, at + 60));
    await expect(read({}, path)).rejects.toThrow(FormatError);
    await expect(read({}, path)).rejects.toThrow(/images: expected a whole HDF5 file, found /);
  });

  test.each<[string, string | Uint8Array, RegExp]>([
    [
      "MATLAB 5.0",
      matlabHead("5.0", 2000),
      /byte 0: expected an HDF5 file \(MATLAB 7\.3\), found MATLAB 5\.0: save it in MATLAB with -v7\.3/,
    ],
    ["text", "hello, this is no data set ".repeat(50), /byte 0: expected an HDF5 file \(MATLAB 7\.3\), found "hello/],
    ["a short text", "hello", /found 5 bytes: cut short or another file/],
    ["MATLAB's head alone", matlabHead("7.3", 4000), /expected a whole HDF5 file, found file signature not found/],
  ])("%s", async (_, content, message) => {
    const path = join(dir, "other.mat");
    await writeFile(path, content);
    await expect(read({}, path)).rejects.toThrow(FormatError);
    await expect(read({}, path)).rejects.toThrow(message);
  });

  test("options out of range", async () => {
    await expect(read({ size: [49, 64] })).rejects.toThrow(/height 49: expected an integer from 1 to 48, that of the file's images/);
    await expect(read({ segments: 255 })).rejects.toThrow(/nyu: segments: expected an integer of 1 or more and at most 254/);
    await expect(read({ limit: 5 })).rejects.toThrow(/limit 5: expected an integer from 1 to 4 /);
    await expect(read({ patches: { size: 25 } })).rejects.toThrow(/patches: size: .* at most 24, got 25/);
    await expect(read({ patches: { size: 4, stride: 0 } })).rejects.toThrow(/patches: stride/);
    await expect(read({ crop: true } as NyuOptions)).rejects.toThrow(/nyu: unknown option "crop"/);
  });
});

test("without the package h5wasm: what to install", async () => {
  const absent = openHdf5(mat, () => Promise.reject(new Error("Cannot find package")));
  await expect(absent).rejects.toThrow(UsageError);
  await expect(absent).rejects.toThrow(/HDF5 files need the npm package h5wasm: run `npm install h5wasm`/);
});

test("reads beyond 4 GiB, and no more than was asked for", async () => {
  const path = join(dir, "large.mat");
  const file = await open(path, "w"); // a hole of 4 GiB, that no disk stores, between MATLAB's text and the data
  await file.write(matlabHead("7.3", 512), 0, 512, 0);
  const bytes = (await readFile(mat)).subarray(512);
  await file.write(bytes, 0, bytes.length, 2 ** 32);
  await file.close();
  const before = process.memoryUsage().rss;
  const [large, small] = [await read({}, path), await read()];
  expect(large.train.fingerprint).toBe(small.train.fingerprint);
  expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
  await truncate(path, 0);
});
