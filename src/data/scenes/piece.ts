import type { Segment } from "./classes.ts";
import type { Look } from "./finish.ts";
import { add, cross, turned, type Vec3 } from "./vec.ts";

/** Unit shapes: twins of the numbers in shaders/lib/scene.wgsl. A cone is a cylinder when it does not taper. */
export const Shape = { box: 0, cone: 1, ball: 2 } as const;

/** One box, cone or ball of a piece of furniture. */
export interface Part {
  readonly shape: number;
  readonly segment: Segment;
  readonly look: Look;
  readonly centre: Vec3;
  readonly half: Vec3;
  /** Directions of its x and y axes; z is their cross product. */
  readonly x: Vec3;
  readonly y: Vec3;
  /** Of a cone: the radius is 1 + taper at the top and 1 - taper at the bottom, of the half extent. */
  readonly taper: number;
}

/** Angles in radians: about the vertical, then about the part's own x (tilt) and z (roll). */
export interface Turn {
  readonly yaw?: number;
  readonly tilt?: number;
  readonly roll?: number;
}

/**
 * A piece of furniture in its own frame: it stands on y = 0, the middle of its footprint at the origin, its front towards +z. Sizes
 * are [width, height, depth]; a part is placed by the middle of its bottom.
 */
export class Piece {
  readonly parts: Part[] = [];
  /** Where its lamp is, when it has one. */
  light: Vec3 | undefined;

  /** @param size of what it occupies: the footprint and the height */
  constructor(
    readonly name: string,
    readonly size: Vec3,
  ) {}

  box(segment: Segment, look: Look, size: Vec3, at: Vec3, turn?: Turn): this {
    return this.#add(Shape.box, segment, look, size, at, turn);
  }

  ball(segment: Segment, look: Look, size: Vec3, at: Vec3, turn?: Turn): this {
    return this.#add(Shape.ball, segment, look, size, at, turn);
  }

  /** Upright. @param taper see `Part` */
  cone(segment: Segment, look: Look, size: Vec3, at: Vec3, taper = 0, turn?: Turn): this {
    return this.#add(Shape.cone, segment, look, size, at, turn, taper);
  }

  /** Four legs of the given thickness below a top of [width, depth]. */
  legs(segment: Segment, look: Look, width: number, depth: number, height: number, thick: number): this {
    for (const [sx, sz] of [
      [-1, -1],
      [-1, 1],
      [1, -1],
      [1, 1],
    ] as const)
      this.box(segment, look, [thick, height, thick], [(sx * (width - thick)) / 2, 0, (sz * (depth - thick)) / 2]);
    return this;
  }

  /** Takes over another piece's parts (and lamp), moved and turned. */
  put(other: Piece, at: Vec3, yaw = 0): this {
    this.parts.push(...other.placed(at, yaw));
    if (other.light) this.light = add(turned(other.light, yaw), at);
    return this;
  }

  /** Its parts where the piece stands at a point and is turned. */
  placed(at: Vec3, yaw: number): Part[] {
    return this.parts.map((part) => ({
      ...part,
      centre: add(turned(part.centre, yaw), at),
      x: turned(part.x, yaw),
      y: turned(part.y, yaw),
    }));
  }

  #add(shape: number, segment: Segment, look: Look, size: Vec3, at: Vec3, { yaw = 0, tilt = 0, roll = 0 }: Turn = {}, taper = 0): this {
    const half: Vec3 = [size[0] / 2, size[1] / 2, size[2] / 2];
    const [ct, st, cr, sr] = [Math.cos(tilt), Math.sin(tilt), Math.cos(roll), Math.sin(roll)];
    const x = turned([cr, sr * ct, sr * st], yaw);
    const y = turned([-sr, cr * ct, cr * st], yaw);
    this.parts.push({ shape, segment, look, centre: [at[0], at[1] + half[1], at[2]], half, x, y, taper });
    return this;
  }
}

/** Corners of the box that holds a part. */
export function boundsOf({ shape, centre, half, x, y, taper }: Part): readonly [low: Vec3, high: Vec3] {
  const z = cross(x, y);
  // Of a cone the box around its wider end.
  const wide = shape === Shape.cone ? 1 + Math.abs(taper) : 1;
  const reach = ([0, 1, 2] as const).map(
    (i) => Math.abs(x[i]) * half[0] * wide + Math.abs(y[i]) * half[1] + Math.abs(z[i]) * half[2] * wide,
  );
  const [rx = 0, ry = 0, rz = 0] = reach;
  return [
    [centre[0] - rx, centre[1] - ry, centre[2] - rz],
    [centre[0] + rx, centre[1] + ry, centre[2] + rz],
  ];
}
