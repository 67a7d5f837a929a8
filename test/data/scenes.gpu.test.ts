import { expect, test } from "vitest";
import { ROOMS, SEGMENTS } from "../../src/data/scenes/classes.ts";
import { Finish, look, plain } from "../../src/data/scenes/finish.ts";
import { Piece } from "../../src/data/scenes/piece.ts";
import { type Scene, sceneOf } from "../../src/data/scenes/scene.ts";
import { DEPTH_RANGE, type RenderedScenes, SceneRenderer, scenes } from "../../src/data/views/scenes.ts";
import { UsageError } from "../../src/errors.ts";
import { testGpu } from "../host.ts";
import { plainScene } from "../scene_cases.ts";

async function render(list: readonly Scene[], size: readonly [number, number]): Promise<RenderedScenes> {
  const renderer = new SceneRenderer(await testGpu(), list.length, size, 1);
  try {
    return await renderer.render(
      list,
      list.map((_, i) => i),
    );
  } finally {
    renderer.close();
  }
}

/** From the middle of the wall z = 0 straight at the opposite one, 5 m away; the view is 90 degrees high. */
const STRAIGHT = { eye: [2, 1.25, 0], forward: [0, 0, 1], right: [-1, 0, 0], up: [0, 1, 0], tan: 1 } as const;

test("a box in a room has the depth, the normals and the class that geometry says", async () => {
  const box = new Piece("box", [1, 1, 1]).box("table", plain([0.5, 0.5, 0.5]), [1, 1, 1], [0, 0.75, 0]).placed([2, 0, 3.5], 0);
  const { room } = plainScene();
  const H = 20;
  const got = await render([plainScene({ camera: STRAIGHT, pieces: [box], room: { ...room, windows: [] } })], [H, H]);
  const at = (row: number, column: number) => {
    const i = row * H + column;
    const normal = [0, 1, 2].map((c) => got.normal[c * H * H + i]!);
    return { depth: got.depth[i]!, normal, segment: SEGMENTS[got.segment[i]!] };
  };
  // Half a pixel off the axis: its front is 3 m away, whatever the pixel, for depth is along the axis.
  for (const pixel of [
    [9, 9],
    [10, 10],
    [8, 11],
  ] as const)
    expect(at(pixel[0], pixel[1])).toEqual({
      depth: expect.closeTo(3, 5),
      normal: [expect.closeTo(0), expect.closeTo(0), expect.closeTo(1)],
      segment: "table",
    });
  // The lowest row looks down at 0.95 : 1; the floor is 1.25 m below.
  expect(at(19, 10)).toEqual({
    depth: expect.closeTo(1.25 / 0.95, 5),
    normal: [expect.closeTo(0), expect.closeTo(1), expect.closeTo(0)],
    segment: "floor",
  });
  expect(at(0, 10)).toEqual({
    depth: expect.closeTo(1.25 / 0.95, 5),
    normal: [expect.closeTo(0), expect.closeTo(-1), expect.closeTo(0)],
    segment: "ceiling",
  });
  expect(at(10, 19)).toEqual({
    depth: expect.closeTo(2 / 0.95, 5),
    normal: [expect.closeTo(-1), expect.closeTo(0), expect.closeTo(0)],
    segment: "wall",
  });
  expect(at(10, 13)).toEqual({
    depth: expect.closeTo(5, 5),
    normal: [expect.closeTo(0), expect.closeTo(0), expect.closeTo(1)],
    segment: "wall",
  });
});

test("a window is a window, and a mirror shows what is before it", async () => {
  const { room } = plainScene();
  const open = plainScene({ camera: STRAIGHT, room: { ...room, windows: [{ wall: 3, along: 2, height: 1.25, half: [0.5, 0.5] }] } });
  const mirror = new Piece("mirror", [2, 2, 0.02])
    .box("objects", look(Finish.mirror, [1, 1, 1]), [2, 2, 0.02], [0, 0.25, 0])
    .placed([2, 0, 4.99], 0);
  const red = { wall: 2, look: plain([0.9, 0.02, 0.02]) } as const;
  const reflecting = plainScene({ camera: STRAIGHT, pieces: [mirror], room: { ...room, windows: [], other: red } });
  const { segment, image } = await render([open, reflecting], [9, 9]);
  expect(SEGMENTS[segment[4 * 9 + 4]!]).toBe("window");
  expect(SEGMENTS[segment[81 + 4 * 9 + 4]!], "the mirror itself, not what it shows").toBe("objects");
  const rgb = [0, 1, 2].map((c) => image[243 + c * 81 + 40]!);
  expect(rgb[0]! / rgb[1]!, "the red wall behind the camera").toBeGreaterThan(2);
});

test("the same seed gives the same bytes, in any part of the range and any batch; other seeds and indices give others", async () => {
  const gpu = await testGpu();
  const size = [12, 16] as const;
  const whole = await scenes(gpu, { count: 35, size });
  const part = await scenes(gpu, { count: 2, from: 32, size });
  whole.views.forEach((view, v) => {
    const width = view.channels * 12 * 16;
    expect(part.views[v]!.pixels()).toEqual(view.pixels().slice(32 * width, 34 * width));
  });
  expect(part.labels).toEqual(whole.labels!.slice(32, 34));
  const other = await scenes(gpu, { count: 2, from: 32, seed: 2, size });
  part.views.forEach((view, v) => {
    expect(other.views[v]!.pixels()).not.toEqual(view.pixels());
  });
  expect([part.fingerprint, other.fingerprint]).toEqual([
    "scenes 1: 2 from 32 of seed 1, 12 x 16",
    "scenes 1: 2 from 32 of seed 2, 12 x 16",
  ]);
});

test("some kinds of rooms are those of the whole range", async () => {
  const gpu = await testGpu();
  const options = { size: [6, 8], from: 7 } as const;
  const [all, some] = [await scenes(gpu, { ...options, count: 24 }), await scenes(gpu, { ...options, count: 5, kinds: [4, 1] })];
  const which = [...all.labels!.keys()].filter((i) => [1, 4].includes(all.labels![i]!)).slice(0, 5);
  expect([...some.labels!]).toEqual(which.map((i) => all.labels![i]!));
  const image = (set: typeof all, i: number) => set.pixels().slice(i * 144, (i + 1) * 144);
  which.forEach((i, n) => {
    expect(image(some, n)).toEqual(image(all, i));
  });
  expect(some.fingerprint).toBe("scenes 1: 5 from 7 of seed 1, 6 x 8, rooms 1, 4");
});

test("normals are those of the depth's surface", async () => {
  const [H, W] = [40, 40];
  const list = Array.from({ length: 12 }, (_, i) => sceneOf(1, i));
  const { depth, normal, segment } = await render(list, [H, W]);
  let [same, all] = [0, 0];
  list.forEach(({ camera: { tan } }, n) => {
    const point = (row: number, column: number) => {
      const z = depth[n * H * W + row * W + column]!;
      const scale = (2 * tan * z) / H;
      return [scale * (column + 0.5 - W / 2), scale * (H / 2 - row - 0.5), -z] as const;
    };
    for (let row = 1; row < H - 1; row++)
      for (let column = 1; column < W - 1; column++) {
        const around = [
          [0, 0],
          [-1, 0],
          [1, 0],
          [0, -1],
          [0, 1],
        ].map(([r, c]) => segment[n * H * W + (row + r!) * W + column + c!]);
        if (!around.every((s) => s === around[0]) || SEGMENTS[around[0]!] === "objects") continue;
        const [a, b, c, d] = [point(row, column - 1), point(row, column + 1), point(row + 1, column), point(row - 1, column)];
        const [u, v] = [b.map((x, i) => x - a[i]!), d.map((x, i) => x - c[i]!)] as [number[], number[]];
        const cross = [0, 1, 2].map((i) => u[(i + 1) % 3]! * v[(i + 2) % 3]! - u[(i + 2) % 3]! * v[(i + 1) % 3]!);
        const cosine = cross.reduce((sum, x, i) => sum + x * normal[(3 * n + i) * H * W + row * W + column]!, 0) / Math.hypot(...cross);
        all++;
        if (cosine > 0.99) same++;
      }
  });
  expect(all).toBeGreaterThan(5000);
  expect(same / all, "all but the pixels beside an edge within a class").toBeGreaterThan(0.85);
});

test("200 scenes: labels in equal parts, every class of pixels, plausible shares, depth of rooms", async () => {
  const made = await scenes(await testGpu(), { count: 204, size: [16, 16] });
  expect(made.views.map(({ name, channels, kind = "levels" }) => [name, channels, kind])).toEqual([
    ["image", 3, "levels"],
    ["depth", 1, "levels"],
    ["normals", 3, "levels"],
    ["segments", 1, "classes"],
  ]);
  expect(ROOMS.map((_, kind) => made.labels!.filter((label) => label === kind).length)).toEqual(ROOMS.map(() => 34));
  const [image, depth, , segments] = made.views.map((view) => view.pixels());
  const share = SEGMENTS.map((_, s) => segments!.filter((byte) => byte === s).length / segments!.length);
  const of = (name: string) => share[(SEGMENTS as readonly string[]).indexOf(name)]!;
  for (const [s, name] of SEGMENTS.entries()) expect(share[s], name).toBeGreaterThan(0.0005);
  expect(of("wall")).toBeGreaterThan(0.25);
  expect(of("floor")).toBeGreaterThan(0.12);
  expect(of("wall") + of("floor"), "and the rest is furnished").toBeLessThan(0.8);
  const mean = (bytes: Uint8Array) => bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length;
  expect(mean(image!), "neither dark nor blown out").toSatisfy((level: number) => level > 80 && level < 180);
  expect((mean(depth!) * DEPTH_RANGE) / 255, "metres").toSatisfy((metres: number) => metres > 1.5 && metres < 4);
  expect(depth!.filter((byte) => byte === 255).length / depth!.length, "beyond the range").toBeLessThan(0.01);
});

test("options that cannot be are refused in words", async () => {
  const gpu = await testGpu();
  await expect(scenes(gpu, { count: 0 })).rejects.toThrow(/scenes: count: expected an integer of 1 or more/);
  await expect(scenes(gpu, { count: 1, size: [32, 0] })).rejects.toThrow(/scenes: size: .* at most 1024, got 0/);
  await expect(scenes(gpu, { count: 1, size: 32 as never })).rejects.toThrow(/expected \[height, width\], got 32/);
  await expect(scenes(gpu, { count: 5, from: 2 ** 32 - 4 })).rejects.toThrow(/scenes: from/);
  await expect(scenes(gpu, { count: 2 ** 21, size: [32, 32] })).rejects.toThrow(/scenes: count: expected at most 699050 of 32 x 32/);
  for (const kinds of [[], [6], [1, 1], 3 as never])
    await expect(scenes(gpu, { count: 1, kinds })).rejects.toThrow(/scenes: kinds of rooms: expected some of 0 bathroom, .* got /);
  await expect(scenes(gpu, { count: 1, sizes: [8, 8] } as never)).rejects.toThrow(UsageError);
});
