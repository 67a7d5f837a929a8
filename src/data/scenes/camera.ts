import type { Draw } from "./draw.ts";
import type { Layout, Placed } from "./layout.ts";
import { add, cross, subtract, times, unit, type Vec3 } from "./vec.ts";

/** Where a picture is taken from. */
export interface Camera {
  readonly eye: Vec3;
  readonly forward: Vec3;
  readonly right: Vec3;
  readonly up: Vec3;
  /** Tangent of half the vertical angle of view. */
  readonly tan: number;
}

/** Views that are compared, and places that are tried for them. */
const VIEWS = 20;
const PLACES = 90;
/** Nothing is nearer than this to the eye, in metres. */
const CLEAR = 0.55;

/** The best of a few random views: at a person's height, with room before it, showing much of the furniture. */
export function cameraOf(draw: Draw, layout: Layout): Camera {
  const [w, h, d] = layout.room.size;
  const telling = layout.placed.filter(({ piece }) => TELLING.includes(piece.name));
  let best: Camera = viewFrom([w / 2, 1.5, 0.3], [w / 2, 1, d], 0.6);
  let most = Number.NEGATIVE_INFINITY;
  for (let place = 0, views = 0; place < PLACES && views < VIEWS; place++) {
    const eye = eyeIn(draw, layout.room.size);
    const target = targetIn(draw, telling, [w, h, d]);
    const tan = Math.tan(draw.between(28, 35) * (Math.PI / 180));
    if (layout.placed.some((other) => inside(eye, other)) || Math.hypot(target[0] - eye[0], target[2] - eye[2]) < 0.8) continue;
    views++;
    const view = viewFrom(eye, target, tan);
    const score = worth(view, layout);
    if (score > most) [best, most] = [view, score];
  }
  return best;
}

/** At a person's height; one steps back to a wall for a picture. */
function eyeIn(draw: Draw, [w, h, d]: Vec3): Vec3 {
  const back = draw.between(0.22, 0.6);
  const across = draw.chance(0.5);
  const far = draw.chance(0.5);
  const x = across ? draw.between(0.22, w - 0.22) : far ? w - back : back;
  const z = across ? (far ? d - back : back) : draw.between(0.22, d - 0.22);
  return [x, draw.between(1.15, Math.min(1.8, h - 0.5)), z];
}

/** What is looked at: a piece that tells what the room is for, or any place. */
function targetIn(draw: Draw, telling: readonly Placed[], [w, , d]: Vec3): Vec3 {
  const y = draw.between(0.5, 1.1);
  const piece = draw.chance(0.65) ? telling[draw.whole(0, Math.max(0, telling.length - 1))] : undefined;
  if (!piece) return [draw.between(0.15, 0.85) * w, y, draw.between(0.15, 0.85) * d];
  return [piece.at[0] + draw.between(-0.6, 0.6), y, piece.at[2] + draw.between(-0.6, 0.6)];
}

function viewFrom(eye: Vec3, target: Vec3, tan: number): Camera {
  const forward = unit(subtract(target, eye));
  const right = unit(cross(forward, [0, 1, 0]));
  return { eye, forward, right, up: cross(right, forward), tan };
}

function inside([x, y, z]: Vec3, { rectangle: { x0, x1, z0, z1, top } }: Placed): boolean {
  const margin = 0.3;
  return top > y - 0.75 && x > x0 - margin && x < x1 + margin && z > z0 - margin && z < z1 + margin;
}

/** Worth of a piece by its name; others count by their size alone. What a room is for shows in these. */
const TELLING: readonly string[] = [
  "bed",
  "sofa",
  "table",
  "counter",
  "fridge",
  "bathtub",
  "toilet",
  "washbasin",
  "shower",
  "tv stand",
  "bookcase",
];
/** They belong to the room, whatever it is for. */
const COMMON: readonly string[] = ["window", "door", "ceiling lamp", "rug"];

/** Pieces that some of 7 x 5 rays meet, the larger the better, and how far one sees; less for what stands in the way. */
function worth(view: Camera, { placed, room }: Layout): number {
  const seen = new Map<Placed, number>();
  let far = 0;
  let near = Number.POSITIVE_INFINITY;
  for (let i = -3; i <= 3; i++)
    for (let j = -2; j <= 2; j++) {
      const direction = add(view.forward, add(times(view.right, (view.tan * i) / 3.2), times(view.up, (view.tan * j) / 2.2)));
      let t = leave(view.eye, direction, room.size);
      let first: Placed | undefined;
      for (const other of placed) {
        const hit = meet(view.eye, direction, other);
        if (hit < t) [t, first] = [hit, other];
      }
      far += Math.min(t, 4);
      near = Math.min(near, t);
      if (first) seen.set(first, (seen.get(first) ?? 0) + 1);
    }
  let pieces = 0;
  for (const [
    {
      piece: { name, size },
    },
    rays,
  ] of seen) {
    const weight = TELLING.includes(name) ? 2 : COMMON.includes(name) ? 0.2 : 1;
    pieces += weight * Math.cbrt(size[0] * size[1] * size[2]) * Math.min(1, rays / 4);
  }
  return 1.5 * pieces + far / 30 - (near < CLEAR ? 4 : 0);
}

function leave(eye: Vec3, direction: Vec3, size: Vec3): number {
  return Math.min(...([0, 1, 2] as const).map((i) => ((direction[i] > 0 ? size[i] : 0) - eye[i]) / direction[i]));
}

/** Distance to the box around a piece. Called some thousand times a scene: it makes no arrays. */
function meet(eye: Vec3, direction: Vec3, { at, piece, rectangle: { x0, x1, z0, z1 } }: Placed): number {
  const [ax, bx] = [(x0 - eye[0]) / direction[0], (x1 - eye[0]) / direction[0]];
  const [ay, by] = [(at[1] - eye[1]) / direction[1], (at[1] + piece.size[1] - eye[1]) / direction[1]];
  const [az, bz] = [(z0 - eye[2]) / direction[2], (z1 - eye[2]) / direction[2]];
  const enter = Math.max(0, Math.min(ax, bx), Math.min(ay, by), Math.min(az, bz));
  const exit = Math.min(Math.max(ax, bx), Math.max(ay, by), Math.max(az, bz));
  return enter <= exit ? enter : Number.POSITIVE_INFINITY;
}
