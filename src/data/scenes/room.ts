import type { RoomKind } from "./classes.ts";
import type { Draw } from "./draw.ts";
import { clothOf, Finish, type Look, look, paint, plain, type Style, woodOf } from "./finish.ts";
import { Piece } from "./piece.ts";
import { times, type Vec3 } from "./vec.ts";

/** Walls by number: x = 0, x = width, z = 0, z = depth. */
export type Wall = 0 | 1 | 2 | 3;
export const WALLS = [0, 1, 2, 3] as const;

/** A rectangle on a wall: a window or a door. */
export interface Opening {
  readonly wall: Wall;
  /** Middle along the wall (z of walls 0 and 1, x of walls 2 and 3) and above the floor, in metres. */
  readonly along: number;
  readonly height: number;
  /** Half width and half height. */
  readonly half: readonly [number, number];
}

/** An empty room: the inside of a box. */
export interface Room {
  readonly kind: RoomKind;
  /** Width (x), height (y) and depth (z). */
  readonly size: Vec3;
  readonly windows: readonly Opening[];
  readonly door: Opening;
  readonly floor: Look;
  readonly ceiling: Look;
  readonly walls: Look;
  /** One wall may look different. */
  readonly other: { readonly wall: Wall; readonly look: Look };
}

/** Shorter and longer side of each kind of room, in metres; they overlap. */
const SIDES: { readonly [K in RoomKind]: readonly [number, number, number, number] } = {
  bathroom: [2.1, 3.1, 2.4, 3.9],
  bedroom: [2.8, 4.2, 3.3, 5.2],
  "dining room": [2.9, 4.3, 3.4, 5.4],
  kitchen: [2.5, 3.9, 3, 5],
  "living room": [3.3, 4.6, 3.9, 5.8],
  office: [2.6, 4.2, 3, 5.2],
};

export const lengthOf = ({ size }: Pick<Room, "size">, wall: Wall): number => (wall < 2 ? size[2] : size[0]);

/** The way that a piece faces whose back is to a wall. */
export const yawOf = (wall: Wall): number => [Math.PI / 2, -Math.PI / 2, 0, Math.PI][wall] ?? 0;

/** A point in front of a wall: `along` it and `out` from it, on the floor. */
export function before({ size }: Pick<Room, "size">, wall: Wall, along: number, out: number): Vec3 {
  if (wall === 0) return [out, 0, along];
  if (wall === 1) return [size[0] - out, 0, along];
  return [along, 0, wall === 2 ? out : size[2] - out];
}

export function roomOf(draw: Draw, kind: RoomKind): Room {
  const [a, b, c, d] = SIDES[kind];
  const sides = [draw.between(a, b), draw.between(c, d)] as const;
  const swap = draw.chance(0.5);
  const size: Vec3 = [sides[swap ? 1 : 0], draw.between(2.35, 2.85), sides[swap ? 0 : 1]];
  const order = shuffled(draw);
  const windows = order
    .slice(0, draw.chance(0.4) ? 2 : kind === "bathroom" && draw.chance(0.3) ? 0 : 1)
    .map((wall) => windowOn(draw, size, wall, kind));
  const wall = order[2] ?? 3;
  const along = draw.between(0.6, lengthOf({ size }, wall) - 0.6);
  const walls = wallLook(draw, kind);
  return {
    kind,
    size,
    windows,
    door: { wall, along, height: 1.01, half: [draw.between(0.39, 0.45), 1.01] },
    floor: floorLook(draw, kind),
    ceiling: plain(paint(0.12, draw.between(0, 0.06), draw.between(0.9, 0.98))),
    walls,
    other: { wall: draw.pick(WALLS), look: draw.chance(0.35) ? wallLook(draw, kind) : walls },
  };
}

function shuffled(draw: Draw): Wall[] {
  const order: Wall[] = [...WALLS];
  for (let i = 3; i > 0; i--) {
    const j = draw.whole(0, i);
    const [x, y] = [order[i] ?? 0, order[j] ?? 0];
    [order[i], order[j]] = [y, x];
  }
  return order;
}

function windowOn(draw: Draw, size: Vec3, wall: Wall, kind: RoomKind): Opening {
  const length = lengthOf({ size }, wall);
  const most = Math.min(length / 2 - 0.35, kind === "bathroom" ? 0.55 : 1.15);
  const half = draw.between(Math.min(0.4, most), most);
  const low = draw.chance(0.15) ? 0.25 : draw.between(0.85, 1.15);
  const high = Math.min(size[1] - 0.2, low + draw.between(1, 1.5));
  return { wall, along: draw.between(half + 0.3, length - half - 0.3), height: (low + high) / 2, half: [half, (high - low) / 2] };
}

function wallLook(draw: Draw, kind: RoomKind): Look {
  const wet = kind === "bathroom" ? 0.55 : kind === "kitchen" ? 0.2 : 0.02;
  const hue = draw.between(0, 1);
  const a = paint(hue, draw.chance(0.5) ? draw.between(0.02, 0.12) : draw.between(0.12, 0.45), draw.between(0.62, 0.97));
  if (draw.chance(wet)) return look(Finish.tiles, a, draw.chance(0.7) ? a : paint(hue, 0.3, 0.75), draw.between(0.12, 0.3));
  if (draw.chance(0.62)) return plain(a);
  const b = draw.chance(0.5) ? times(a, draw.between(0.72, 0.9)) : paint(hue + draw.between(-0.1, 0.1), 0.15, 0.95);
  if (draw.chance(0.45)) return look(Finish.paper, a, b, draw.between(0.12, 0.3));
  if (draw.chance(0.6)) return look(Finish.stripes, a, b, draw.between(0.08, 0.25));
  return { ...woodOf(draw), finish: Finish.planks, scale: 0.14 };
}

function floorLook(draw: Draw, kind: RoomKind): Look {
  const wet = kind === "bathroom" ? 0.8 : kind === "kitchen" ? 0.5 : 0.12;
  const hue = draw.between(0, 1);
  if (draw.chance(wet)) {
    const a = paint(hue, draw.between(0, 0.25), draw.between(0.4, 0.92));
    return look(
      draw.chance(0.2) ? Finish.marble : Finish.tiles,
      a,
      draw.chance(0.5) ? a : paint(hue, 0.1, draw.between(0.2, 0.8)),
      draw.between(0.2, 0.5),
    );
  }
  if (draw.chance(0.7)) return { ...woodOf(draw), finish: Finish.planks, scale: draw.between(0.09, 0.2) };
  return look(Finish.weave, paint(hue, draw.between(0.05, 0.4), draw.between(0.35, 0.8)));
}

/** Frame, bars, sill and perhaps curtains of a window, for the wall behind z = 0; y = 0 is the floor. */
export function windowPiece(draw: Draw, style: Style, { height, half: [u, v] }: Opening): Piece {
  const piece = new Piece("window", [2 * u + 0.1, height + v + 0.1, 0.08]);
  const frame = draw.chance(0.7) ? style.white : style.wood;
  const low = height - v;
  for (const side of [-1, 1]) {
    piece.box("window", frame, [0.07, 2 * v + 0.14, 0.07], [side * (u + 0.035), low - 0.07, 0.035]);
    piece.box("window", frame, [2 * u, 0.07, 0.07], [0, side < 0 ? low - 0.07 : low + 2 * v, 0.035]);
  }
  if (low > 0.5) piece.box("window", frame, [2 * u + 0.2, 0.03, 0.16], [0, low - 0.1, 0.08]);
  for (let i = 1, n = Math.max(2, Math.round(u / 0.4)); i < n; i++)
    piece.box("window", frame, [0.045, 2 * v, 0.04], [-u + (2 * u * i) / n, low, 0.02]);
  if (draw.chance(0.4)) piece.box("window", frame, [2 * u, 0.04, 0.035], [0, low + 1.25 * v, 0.018]);
  return draw.chance(0.5) ? piece.put(curtains(draw, style, u, height + v, low), [0, 0, 0]) : piece;
}

function curtains(draw: Draw, style: Style, u: number, top: number, low: number): Piece {
  const piece = new Piece("curtains", [2 * u, top, 0.1]);
  const cloth = clothOf(draw);
  const fold = look(Finish.drapes, cloth.a, draw.chance(0.6) ? times(cloth.a, 0.85) : cloth.b, draw.between(0.09, 0.14));
  const [w, foot] = [u * draw.between(0.3, 0.6), draw.chance(0.6) ? 0.03 : low - 0.2];
  const bottom = Math.max(0.03, foot);
  for (const side of [-1, 1]) piece.box("window", fold, [w, top + 0.12 - bottom, 0.06], [side * (u + 0.08 - w / 4), bottom, 0.13]);
  return piece.box("window", style.metal, [2 * u + 0.5, 0.025, 0.025], [0, top + 0.12, 0.13]);
}

/** A door in its frame; it counts as wall, as in NYU's 13 classes. */
export function doorPiece(draw: Draw, style: Style, { half: [u, v] }: Opening): Piece {
  const piece = new Piece("door", [2 * u + 0.14, 2 * v, 0.08]);
  const leaf = draw.chance(0.5) ? style.white : draw.chance(0.6) ? style.wood : style.paint;
  for (const side of [-1, 1]) piece.box("wall", leaf, [0.07, 2 * v + 0.05, 0.06], [side * (u + 0.035), 0, 0.03]);
  piece.box("wall", leaf, [2 * u + 0.14, 0.07, 0.06], [0, 2 * v, 0.03]);
  piece.box("wall", leaf, [2 * u, 2 * v, 0.03], [0, 0, 0.015]);
  for (const [y, h] of [
    [0.15, 0.7],
    [1, 0.85],
  ] as const)
    piece.box("wall", leaf, [2 * u - 0.26, h, 0.012], [0, y, 0.034]);
  return piece.box("wall", style.metal, [0.12, 0.025, 0.05], [u - 0.12, 0.98, 0.06]);
}
