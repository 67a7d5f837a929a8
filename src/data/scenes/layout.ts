import type { Draw } from "./draw.ts";
import type { Piece } from "./piece.ts";
import { before, lengthOf, type Opening, type Room, WALLS, type Wall, yawOf } from "./room.ts";
import { add, turned, type Vec3 } from "./vec.ts";

/** A piece where it stands. */
export interface Placed {
  readonly piece: Piece;
  readonly at: Vec3;
  readonly yaw: number;
  readonly rectangle: Rectangle;
}

/** On the floor, in metres; `top` is how high it reaches. */
export interface Rectangle {
  readonly x0: number;
  readonly x1: number;
  readonly z0: number;
  readonly z1: number;
  readonly top: number;
}

/** Attempts at a random place before a piece is left out. */
const ATTEMPTS = 30;
/** Free floor in front of a door. */
const DOORWAY = 0.75;
/** What is flatter lies under other things. */
const FLAT = 0.05;

/** Puts furniture into a room: on free floor, nothing tall before a window, nothing before the door. */
export class Layout {
  readonly placed: Placed[] = [];
  /** Taken of the walls, by windows, doors, and what hangs there. */
  readonly #openings: Opening[];
  readonly #doorway: Rectangle;

  constructor(
    private readonly draw: Draw,
    readonly room: Room,
  ) {
    this.#openings = [...room.windows, room.door];
    const { wall, along, half } = room.door;
    this.#doorway = footprint(before(room, wall, along, DOORWAY / 2), yawOf(wall), [2 * half[0], 0, DOORWAY]);
  }

  /** With its back to a wall. @param wall a certain one; default: any */
  againstWall(piece: Piece, wall?: Wall, gap = 0.015): Placed | undefined {
    return this.#attempt(() => {
      const side = wall ?? this.draw.pick(WALLS);
      const [half, length] = [piece.size[0] / 2 + 0.03, lengthOf(this.room, side)];
      if (2 * half > length) return undefined;
      const along = this.draw.chance(0.3) ? (this.draw.chance(0.5) ? half : length - half) : this.draw.between(half, length - half);
      return this.#stand(piece, before(this.room, side, along, piece.size[2] / 2 + gap), yawOf(side), 0.04);
    });
  }

  inCorner(piece: Piece): Placed | undefined {
    return this.#attempt(() => {
      const side = this.draw.pick(WALLS);
      const half = Math.max(piece.size[0], piece.size[2]) / 2 + 0.03;
      const along = this.draw.chance(0.5) ? half : lengthOf(this.room, side) - half;
      return this.#stand(piece, before(this.room, side, along, half), yawOf(side) + this.draw.between(-0.5, 0.5), 0.02);
    });
  }

  /** On free floor, at least `margin` from walls and furniture. */
  inMiddle(piece: Piece, margin: number, yaw?: number): Placed | undefined {
    const [w, , d] = this.room.size;
    return this.#attempt(() => {
      const [x, z] = [this.draw.between(0.35, 0.65) * w, this.draw.between(0.35, 0.65) * d];
      const turn = yaw ?? (this.draw.whole(0, 3) * Math.PI) / 2 + (this.draw.chance(0.3) ? this.draw.between(-0.2, 0.2) : 0);
      return this.#stand(piece, [x, 0, z], turn, margin);
    });
  }

  /** At a place in the frame of another piece, turned against it by `yaw`; undefined when it is not free. */
  beside(anchor: Placed, piece: Piece, [x, z]: readonly [number, number], yaw = 0, margin = 0): Placed | undefined {
    return this.#stand(piece, add(anchor.at, turned([x, 0, z], anchor.yaw)), anchor.yaw + yaw, margin);
  }

  /** On a wall, its lower edge at `low`; above `over` or anywhere. */
  hang(piece: Piece, low: number, over?: Placed): Placed | undefined {
    return this.#attempt(() => {
      const wall = over ? WALLS.find((side) => Math.abs(yawOf(side) - over.yaw) < 0.01) : this.draw.pick(WALLS);
      if (wall === undefined) return undefined;
      const [half, length] = [piece.size[0] / 2, lengthOf(this.room, wall)];
      if (2 * half + 0.2 > length || low + piece.size[1] > this.room.size[1] - 0.05) return undefined;
      const middle = over && (wall < 2 ? over.at[2] : over.at[0]);
      const along = middle ?? this.draw.between(half + 0.1, length - half - 0.1);
      const place: Opening = { wall, along, height: low + piece.size[1] / 2, half: [half, piece.size[1] / 2] };
      const at = before(this.room, wall, along, piece.size[2] / 2);
      if (along < half || along > length - half || this.#openings.some((other) => clash(place, other))) return undefined;
      const rectangle = footprint(at, yawOf(wall), piece.size);
      if (this.placed.some((other) => other.rectangle.top > low - 0.03 && overlap(rectangle, other.rectangle, 0.02))) return undefined;
      this.#openings.push(place);
      return this.fix(piece, [at[0], low, at[2]], yawOf(wall));
    });
  }

  /** Without asking whether there is room: what hangs from the ceiling, lies flat or belongs to the walls. */
  fix(piece: Piece, at: Vec3, yaw: number): Placed {
    const placed = { piece, at, yaw, rectangle: { ...footprint(at, yaw, piece.size), top: at[1] > 1.2 ? 0 : at[1] + piece.size[1] } };
    this.placed.push(placed);
    return placed;
  }

  #attempt(place: () => Placed | undefined): Placed | undefined {
    for (let i = 0; i < ATTEMPTS; i++) {
      const placed = place();
      if (placed) return placed;
    }
    return undefined;
  }

  #stand(piece: Piece, at: Vec3, yaw: number, margin: number): Placed | undefined {
    const rectangle = footprint(at, yaw, piece.size);
    const [w, , d] = this.room.size;
    if (rectangle.x0 < 0 || rectangle.z0 < 0 || rectangle.x1 > w || rectangle.z1 > d) return undefined;
    if (rectangle.top > FLAT) {
      if (overlap(rectangle, this.#doorway, 0)) return undefined;
      if (this.placed.some(({ rectangle: other }) => other.top > FLAT && overlap(rectangle, other, margin))) return undefined;
      if (this.room.windows.some((window) => this.#hides(rectangle, window))) return undefined;
    }
    const placed = { piece, at, yaw, rectangle };
    this.placed.push(placed);
    return placed;
  }

  #hides({ x0, x1, z0, z1, top }: Rectangle, { wall, along, height, half }: Opening): boolean {
    if (top < height - half[1] + 0.05) return false;
    const [low, high] = wall < 2 ? [z0, z1] : [x0, x1];
    const out = [x0, this.room.size[0] - x1, z0, this.room.size[2] - z1][wall] ?? 0;
    return out < 0.5 && low < along + half[0] && high > along - half[0];
  }
}

/** What a piece of a size covers of the floor, as a rectangle along the walls. */
export function footprint([x, y, z]: Vec3, yaw: number, [w, h, d]: Vec3): Rectangle {
  const [c, s] = [Math.abs(Math.cos(yaw)), Math.abs(Math.sin(yaw))];
  const [dx, dz] = [(c * w + s * d) / 2, (s * w + c * d) / 2];
  return { x0: x - dx, x1: x + dx, z0: z - dz, z1: z + dz, top: y + h };
}

export const overlap = (a: Rectangle, b: Rectangle, margin: number): boolean =>
  a.x0 < b.x1 + margin && b.x0 < a.x1 + margin && a.z0 < b.z1 + margin && b.z0 < a.z1 + margin;

const clash = (a: Opening, b: Opening): boolean =>
  a.wall === b.wall &&
  Math.abs(a.along - b.along) < a.half[0] + b.half[0] + 0.12 &&
  Math.abs(a.height - b.height) < a.half[1] + b.half[1] + 0.08;
