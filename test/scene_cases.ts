import { Draw } from "../src/data/scenes/draw.ts";
import { Finish, glow, look, plain, styleOf } from "../src/data/scenes/finish.ts";
import { Piece } from "../src/data/scenes/piece.ts";
import type { Scene } from "../src/data/scenes/scene.ts";
import { tablesOf } from "../src/data/scenes/table.ts";
import { cross, subtract, unit, type Vec3 } from "../src/data/scenes/vec.ts";
import type { Arrays, Random } from "./kernel_case.ts";

/** Groups and parts of the tables in kernel tests. */
export const SMALL = { G: 4, M: 12 } as const;

/** A room of 4 x 2.5 x 5 m with a window, seen from a corner, and what else a test puts into it. No noise. */
export function plainScene(change: Partial<Scene> & { readonly light?: Partial<Scene["light"]> } = {}): Scene {
  const eye: Vec3 = [0.5, 1.5, 0.6];
  const forward = unit(subtract([2.6, 0.9, 3.7], eye));
  const right = unit(cross(forward, [0, 1, 0]));
  const { light, ...rest } = change;
  const walls = plain([0.6, 0.55, 0.5]);
  return {
    room: {
      kind: "office",
      size: [4, 2.5, 5],
      windows: [{ wall: 3, along: 1.7, height: 1.4, half: [0.8, 0.5] }],
      door: { wall: 0, along: 1, height: 1, half: [0.4, 1] },
      floor: plain([0.3, 0.2, 0.12]),
      ceiling: plain([0.8, 0.8, 0.8]),
      walls,
      other: { wall: 1, look: plain([0.2, 0.4, 0.6]) },
    },
    camera: { eye, forward, right, up: cross(right, forward), tan: 0.6 },
    light: {
      sun: unit([-0.3, 0.5, 1]),
      sunStrength: 3,
      sunColour: [1, 0.9, 0.8],
      sky: 2,
      lamp: [1.5, 2.2, 2],
      lampStrength: 1.5,
      lampColour: [1, 0.8, 0.6],
      lampRadius: 0.1,
      ambient: 0.3,
      exposure: 1,
      noise: 0,
      ...light,
    },
    pieces: [],
    ...rest,
  };
}

/** A table, a ball, a vase, a lamp's shade and a mirror, at random: every shape, some turned, some tapering. */
export function randomScene(random: Random): Scene {
  const between = (low: number, high: number) => low + (high - low) * random();
  const colour = (): Vec3 => [between(0.1, 0.9), between(0.1, 0.9), between(0.1, 0.9)];
  const table = new Piece("table", [1.2, 0.8, 0.7]);
  table.box("table", plain(colour()), [1.2, 0.1, 0.7], [0, 0.7, 0]).legs("table", plain(colour()), 1.1, 0.6, 0.7, 0.1);
  table.ball("objects", plain(colour()), [0.3, between(0.2, 0.4), 0.2], [0.2, 0.8, 0], { roll: 0.4 });
  const vase = new Piece("vase", [0.5, 1, 0.5]).cone(
    "objects",
    plain(colour()),
    [0.4, 0.9, between(0.3, 0.5)],
    [0, 0, 0],
    between(-0.5, 0.5),
    { tilt: 0.2 },
  );
  const shade = new Piece("lamp", [0.4, 1, 0.4]).cone("objects", glow(styleOf(new Draw(1, 1), true)), [0.4, 0.3, 0.4], [0, 1.2, 0], -0.3);
  const mirror = new Piece("mirror", [0.8, 0.8, 0.05]).box("objects", look(Finish.mirror, [0.8, 0.8, 0.8]), [0.9, 1, 0.05], [0, 0.5, 0]);
  const pieces = [
    table.placed([between(2, 2.6), 0, between(2.6, 3.4)], between(-1, 1)),
    vase.placed([between(1, 1.5), 0, between(2.6, 3.4)], 0.5),
    shade.placed([between(1, 3), 0, 4], 0),
    mirror.placed([3.96, 0, 3], -Math.PI / 2),
  ];
  return plainScene({ pieces });
}

/** The bindings of a batch of scenes. */
export function sceneInputs(scenes: readonly Scene[]): Arrays {
  return { ...tablesOf(scenes, SMALL.G, SMALL.M) };
}
