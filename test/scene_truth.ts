import { add, cross, dot, subtract, times, unit, type Vec3 } from "../src/data/scenes/vec.ts";
import type { Arrays } from "./kernel_case.ts";
import { given } from "./kernel_case.ts";

// Rays against the table of a scene in float64, without its groups and bounding balls: every part is tried.

/** What a table says of a scene. */
export interface TruthScene {
  /** The j-th of the header's vectors of four. */
  readonly head: (j: number) => readonly [number, number, number, number];
  readonly room: Vec3;
  readonly parts: readonly TruthPart[];
}

interface TruthPart {
  readonly centre: Vec3;
  /** The map to the unit shape. */
  readonly rows: readonly [Vec3, Vec3, Vec3];
  readonly shape: number;
  readonly taper: number;
  readonly segment: number;
  readonly finish: number;
  readonly colour: Vec3;
  readonly scale: number;
}

/** `part`: -1 for the shell. `sure`: rays beside this one meet the same face. */
export interface TruthHit {
  readonly t: number;
  readonly part: number;
  readonly normal: Vec3;
}

export function truthScene(inputs: Arrays, b: number, { G, M }: { G: number; M: number }): TruthScene {
  const four = (name: string, at: number) => {
    const array = given(inputs, name);
    return [0, 1, 2, 3].map((i) => array[4 * at + i]!) as [number, number, number, number];
  };
  const three = (v: readonly number[]): Vec3 => [v[0]!, v[1]!, v[2]!];
  const head = (j: number) => four("scenes", b * 22 + j);
  const groups = Array.from({ length: head(1)[3] }, (_, g) => [four("groups", 2 * (b * G + g))[3], four("groups", 2 * (b * G + g) + 1)[3]]);
  const ids = groups.flatMap(([first = 0, count = 0]) => Array.from({ length: count }, (_, i) => first + i));
  const parts = ids.map((id): TruthPart => {
    const row = (j: number) => four("parts", 6 * (b * M + id) + j);
    const code = row(4)[3];
    const looks = { segment: code % 16, finish: Math.floor(code / 16), colour: three(row(4)), scale: row(5)[3] };
    return { centre: three(row(0)), rows: [three(row(1)), three(row(2)), three(row(3))], shape: row(1)[3], taper: row(2)[3], ...looks };
  });
  return { head, room: three(head(4)), parts };
}

/** Direction through the point (x, y) of an image of H x W pixels. */
export function truthRay({ head }: TruthScene, x: number, y: number, H: number, W: number): Vec3 {
  const scale = (2 * head(0)[3]) / H;
  const three = (j: number): Vec3 => [head(j)[0], head(j)[1], head(j)[2]];
  return unit(add(three(3), add(times(three(1), scale * (x - W / 2)), times(three(2), scale * (H / 2 - y)))));
}

/** Where the line from outside enters the solid: of all places where it crosses a surface of the shape, the first that is on the shape. */
function entries({ centre, rows, shape, taper }: TruthPart, origin: Vec3, direction: Vec3): readonly { t: number; normal: Vec3 }[] {
  const o = rows.map((row) => dot(row, subtract(origin, centre))) as unknown as Vec3;
  const d = rows.map((row) => dot(row, direction)) as unknown as Vec3;
  const world = (n: Vec3): Vec3 => unit(add(times(rows[0], n[0]), add(times(rows[1], n[1]), times(rows[2], n[2]))));
  const found: { t: number; normal: Vec3 }[] = [];
  const tryAt = (t: number, on: (u: Vec3) => boolean, normal: (u: Vec3) => Vec3) => {
    const u = add(o, times(d, t));
    if (Number.isFinite(t) && t > 0 && on(u)) found.push({ t, normal: world(normal(u)) });
  };
  const quadratic = (a: number, b: number, c: number) => [-1, 1].map((sign) => (-b + sign * Math.sqrt(b * b - a * c)) / a);
  if (shape === 0)
    for (const i of [0, 1, 2] as const)
      for (const side of [-1, 1])
        tryAt(
          (side - o[i]) / d[i],
          (u) => u.every((x, j) => j === i || Math.abs(x) <= 1),
          () => [0, 1, 2].map((j) => (j === i ? side : 0)) as unknown as Vec3,
        );
  if (shape === 2)
    for (const t of quadratic(dot(d, d), dot(o, d), dot(o, o) - 1))
      tryAt(
        t,
        () => true,
        (u) => u,
      );
  if (shape !== 1) return found;
  const r = 1 + taper * o[1];
  const roots = quadratic(
    d[0] ** 2 + d[2] ** 2 - (taper * d[1]) ** 2,
    o[0] * d[0] + o[2] * d[2] - taper * d[1] * r,
    o[0] ** 2 + o[2] ** 2 - r * r,
  );
  for (const t of roots)
    tryAt(
      t,
      (u) => Math.abs(u[1]) <= 1,
      (u) => [u[0], -taper * (1 + taper * u[1]), u[2]],
    );
  for (const side of [-1, 1])
    tryAt(
      (side - o[1]) / d[1],
      (u) => Math.hypot(u[0], u[2]) <= 1 + taper * side,
      () => [0, side, 0],
    );
  return found;
}

/** The side of the room that a ray from inside meets: 0 to 3 walls, 4 floor, 5 ceiling. */
export function truthShell(
  { room }: TruthScene,
  origin: Vec3,
  direction: Vec3,
): { readonly t: number; readonly side: number; readonly normal: Vec3 } {
  const all = ([0, 1, 2] as const).flatMap((i) =>
    [0, room[i]].map((at, far) => ({
      t: (at - origin[i]) / direction[i],
      side: [0, 4, 2][i]! + far,
      normal: [0, 1, 2].map((j) => (j === i ? 1 - 2 * far : 0)) as unknown as Vec3,
    })),
  );
  return all.filter(({ t }) => t > 1e-9).sort((a, b) => a.t - b.t)[0]!;
}

export function truthHit(scene: TruthScene, origin: Vec3, direction: Vec3): TruthHit {
  const shell = truthShell(scene, origin, direction);
  let best: TruthHit = { t: shell.t, part: -1, normal: shell.normal };
  scene.parts.forEach((part, id) => {
    for (const { t, normal } of entries(part, origin, direction)) if (t < best.t) best = { t, part: id, normal };
  });
  return best;
}

/** Whether rays a little beside meet the same face: only then must float32 agree. */
export function sure(scene: TruthScene, origin: Vec3, direction: Vec3): boolean {
  const hit = truthHit(scene, origin, direction);
  const side = unit(cross(direction, [0.3, 0.8, 0.52]));
  const up = cross(side, direction);
  return [side, up, times(side, -1), times(up, -1)].every((way) => {
    const other = truthHit(scene, origin, unit(add(direction, times(way, 2e-3))));
    return other.part === hit.part && dot(other.normal, hit.normal) > 0.9;
  });
}

/** How much of a window lies over a point of a wall; `soft`: width of the ramp at its edges. */
export function truthWindow({ head }: TruthScene, at: Vec3, side: number, soft: number): number {
  return Math.max(
    ...[9, 11].map((j) => {
      const [wall, along, height] = head(j);
      const [u, v] = head(j + 1);
      if (u <= 0 || wall !== side) return 0;
      const cover = (inside: number) => Math.min(1, Math.max(0, inside / soft + 0.5));
      return cover(u - Math.abs((side < 2 ? at[2] : at[0]) - along)) * cover(v - Math.abs(at[1] - height));
    }),
  );
}
