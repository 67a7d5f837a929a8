import { describe, expect, test } from "vitest";
import { ROOMS, SEGMENTS } from "../../src/data/scenes/classes.ts";
import { Draw } from "../../src/data/scenes/draw.ts";
import { footprint, overlap } from "../../src/data/scenes/layout.ts";
import { boundsOf } from "../../src/data/scenes/piece.ts";
import { roomOf } from "../../src/data/scenes/room.ts";
import { kindOf, type Scene, sceneOf } from "../../src/data/scenes/scene.ts";
import { MAX_GROUPS, MAX_PARTS, tablesOf } from "../../src/data/scenes/table.ts";
import { crc32, crcHex } from "../../src/formats/crc32.ts";

const scenes: readonly Scene[] = Array.from({ length: 120 }, (_, i) => sceneOf(3, i));

const print = (scene: Scene): string => {
  const { scenes, groups, parts } = tablesOf([scene]);
  return [scenes, groups, parts].map(({ buffer }) => crcHex(crc32(new Uint8Array(buffer)))).join(" ");
};

describe("a scene's table", () => {
  test("is a function of seed and index", () => {
    expect(print(sceneOf(3, 5))).toBe(print(scenes[5]!));
    const prints = new Set([...scenes.slice(0, 60).map(print), ...Array.from({ length: 60 }, (_, i) => print(sceneOf(4, i)))]);
    expect(prints.size).toBe(120);
  });

  test("has room to spare", () => {
    expect(Math.max(...scenes.map(({ pieces }) => pieces.length))).toBeLessThan(MAX_GROUPS / 1.5);
    expect(Math.max(...scenes.map(({ pieces }) => pieces.flat().length))).toBeLessThan(MAX_PARTS / 1.5);
    expect(() => tablesOf(scenes.slice(0, 1), 2, 400)).toThrow(/groups and .* the table has 2 and 400/);
  });

  test("holds finite numbers", () => {
    for (const scene of scenes) for (const rows of Object.values(tablesOf([scene]))) expect(rows.every(Number.isFinite)).toBe(true);
  });
});

describe("a scene", () => {
  test("is one of six kinds of rooms, each once in six", () => {
    for (let block = 0; block < 20; block++)
      expect(Array.from({ length: 6 }, (_, i) => kindOf(1, 6 * block + i)).sort()).toEqual([...ROOMS].sort());
    const first = Array.from({ length: 40 }, (_, block) => kindOf(1, 6 * block));
    expect(new Set(first).size, "not always in one order").toBe(6);
    expect(kindOf(1, 2 ** 31 + 5)).toBe(sceneOf(1, 2 ** 31 + 5).room.kind);
  });

  test("is furnished within its walls, on its floor", () => {
    // Chairs are drawn up at an angle, and frames reach into walls.
    const out = (x: number, size: number, axis: number) => x < (axis === 1 ? -0.03 : -0.3) || x > size + (axis === 1 ? 0.1 : 0.3);
    const offenders = scenes.flatMap(({ room, pieces }, n) =>
      pieces.flat().flatMap((part) => {
        const outside = boundsOf(part).some((corner) => corner.some((x, axis) => out(x, room.size[axis]!, axis)));
        const colours = [...part.look.a, ...part.look.b].every((c) => c >= 0 && c <= 1.0001);
        return outside || !colours ? [{ n, part }] : [];
      }),
    );
    expect(offenders).toEqual([]);
  });

  test("is seen from a place inside the room and outside of all furniture, at a person's height", () => {
    for (const { room, camera, pieces } of scenes) {
      const { eye, forward, right, up, tan } = camera;
      for (const axis of [0, 1, 2] as const) expect(eye[axis] > 0.2 && eye[axis] < room.size[axis] - 0.2).toBe(true);
      expect(eye[1] >= 1.15 && eye[1] <= 1.8).toBe(true);
      expect(2 * Math.atan(tan) * (180 / Math.PI)).toSatisfy((angle: number) => angle >= 56 && angle <= 70);
      for (const axis of [forward, right, up]) expect(Math.hypot(...axis)).toBeCloseTo(1);
      const around = pieces.filter((parts) => {
        const corners = parts.map(boundsOf);
        return [0, 1, 2].every(
          (i) => Math.min(...corners.map(([low]) => low[i]!)) < eye[i]! && Math.max(...corners.map(([, high]) => high[i]!)) > eye[i]!,
        );
      });
      expect(around.length).toBe(0);
    }
  });

  test("keeps windows inside walls, and the door free", () => {
    for (const { room } of scenes)
      for (const { wall, along, height, half } of [...room.windows, room.door]) {
        const length = room.size[wall < 2 ? 2 : 0];
        expect(along - half[0] > 0.1 && along + half[0] < length - 0.1).toBe(true);
        expect(height - half[1] > -0.01 && height + half[1] < room.size[1] - 0.1).toBe(true);
      }
  });

  test("does not give its kind away by its colours: every finish of walls and floors is in at least four kinds of rooms", () => {
    const kinds = new Map<number, Set<string>>();
    for (let i = 0; i < 1200; i++) {
      const room = roomOf(new Draw(5, i), kindOf(5, i));
      for (const { finish } of [room.walls, room.floor]) kinds.set(finish, (kinds.get(finish) ?? new Set()).add(room.kind));
    }
    for (const [finish, set] of kinds) expect(set.size, `finish ${finish}`).toBeGreaterThanOrEqual(4);
  });

  test("shows what its kind is for: segments that most scenes of a kind hold, and hardly any of another", () => {
    const share = (kind: string, segment: string) => {
      const rooms = scenes.filter(({ room }) => room.kind === kind);
      return rooms.filter(({ pieces }) => pieces.flat().some((part) => part.segment === segment)).length / rooms.length;
    };
    expect(share("bedroom", "bed")).toBeGreaterThan(0.9);
    expect(share("office", "bed")).toBe(0);
    expect(share("living room", "sofa")).toBeGreaterThan(0.9);
    expect(share("kitchen", "sofa")).toBe(0);
    expect(share("dining room", "table")).toBeGreaterThan(0.9);
    expect(share("bathroom", "table")).toBe(0);
    for (const segment of SEGMENTS.filter((name) => !["ceiling"].includes(name)))
      expect(Math.max(...ROOMS.map((kind) => share(kind, segment))), segment).toBeGreaterThan(0);
  });
});

test("footprints turn with their pieces", () => {
  const close = { x0: expect.closeTo(0.5), x1: expect.closeTo(1.5), z0: expect.closeTo(1), z1: expect.closeTo(3), top: 0.5 };
  expect(footprint([1, 0, 2], Math.PI / 2, [2, 0.5, 1])).toEqual(close);
  expect(overlap({ x0: 0, x1: 1, z0: 0, z1: 1, top: 1 }, { x0: 1.1, x1: 2, z0: 0, z1: 1, top: 1 }, 0)).toBe(false);
  expect(overlap({ x0: 0, x1: 1, z0: 0, z1: 1, top: 1 }, { x0: 1.1, x1: 2, z0: 0, z1: 1, top: 1 }, 0.2)).toBe(true);
});
