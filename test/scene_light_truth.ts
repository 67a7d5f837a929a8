import { add, cross, dot, subtract, times, unit, type Vec3 } from "../src/data/scenes/vec.ts";
import { Purpose, randomStream, randomVec4, unitF32 } from "../src/random.ts";
import { sure, type TruthScene, truthHit, truthRay, truthShell, truthWindow } from "./scene_truth.ts";

// Light in a scene of plain colours in float64. Where a small change of a ray changes what it meets, the truth is NaN: any value will do.

const GLOW = 10;
const MIRROR = 17;
const clamp = (x: number) => Math.min(1, Math.max(0, x));
const mix = (a: Vec3, b: Vec3, t: number): Vec3 => add(times(a, 1 - t), times(b, t));
const multiply = (a: Vec3, b: Vec3): Vec3 => [a[0] * b[0], a[1] * b[1], a[2] * b[2]];
const reflect = (d: Vec3, n: Vec3): Vec3 => subtract(d, times(n, 2 * dot(d, n)));
const three = (v: readonly number[]): Vec3 => [v[0]!, v[1]!, v[2]!];
const smoothstep = (low: number, high: number, x: number) => {
  const t = clamp((x - low) / (high - low));
  return t * t * (3 - 2 * t);
};
const UNSURE: Vec3 = [Number.NaN, Number.NaN, Number.NaN];

export interface Pixel {
  readonly seed: number;
  readonly id: number;
  readonly i: number;
  readonly H: number;
  readonly W: number;
}

/** The openness that a pixel's rays share while they meet the same face. */
interface Known {
  part: number;
  n: Vec3;
  open: number;
}

/** RGB of a pixel without noise. */
export function truthPixel(scene: TruthScene, { seed, id, i, H, W }: Pixel): Vec3 {
  const stream = randomStream(seed, Purpose.synthetic);
  const eye = three(scene.head(0));
  const known: Known = { part: -2, n: [0, 0, 0], open: 1 };
  let sum: Vec3 = [0, 0, 0];
  for (const [ray, [x, y]] of [
    [0.125, 0.125],
    [0.375, 0.625],
    [0.625, 0.375],
    [0.875, 0.875],
  ].entries()) {
    const direction = truthRay(scene, (i % W) + x!, Math.floor(i / W) + y!, H, W);
    const jitter = randomVec4(stream, id, i, ray).slice(0, 3).map(unitF32) as unknown as Vec3;
    const bright = times(seen(scene, eye, direction, jitter, known, true), scene.head(3)[3]);
    sum = add(sum, bright.map((v) => (1 - Math.exp(-v)) / 4) as unknown as Vec3);
  }
  return sum.map((v) => clamp(v ** (1 / 2.2))) as unknown as Vec3;
}

function seen(scene: TruthScene, origin: Vec3, direction: Vec3, jitter: Vec3, known: Known, mayReflect: boolean): Vec3 {
  if (!sure(scene, origin, direction)) return UNSURE;
  const hit = truthHit(scene, origin, direction);
  const at = add(origin, times(direction, hit.t));
  const part = scene.parts[hit.part];
  const { side } = truthShell(scene, origin, direction);
  const over = truthWindow(scene, at, side, 0.02);
  if (!part && over > 0 && over < 1) return UNSURE;
  if (!part && over === 1) return outside(scene, direction);
  if (part?.finish === MIRROR && mayReflect)
    return times(seen(scene, add(at, times(hit.normal, 1e-3)), reflect(direction, hit.normal), jitter, known, false), 0.85);
  if (part?.finish === GLOW) return times(part.colour, part.scale);
  const which = side > 3 ? side - 4 : side === scene.head(21)[0] ? 3 : 2;
  if (!part && side < 4 && Math.abs(at[1] - 0.09) < 0.01) return UNSURE;
  const skirting = side < 4 && at[1] < 0.09;
  const albedo = part ? part.colour : three(scene.head(13 + 2 * (skirting ? 1 : which)));
  if (hit.part !== known.part || dot(hit.normal, known.n) < 0.9)
    Object.assign(known, { part: hit.part, n: hit.normal, open: openness(scene, at, hit.normal) });
  return multiply(
    albedo,
    light(scene, add(at, times(hit.normal, 2e-3)), at, shadingNormal(scene, hit.part, at, hit.normal), known.open, jitter),
  );
}

/** Boxes are shaded as if their edges were rounded by 8 mm. */
function shadingNormal(scene: TruthScene, id: number, at: Vec3, n: Vec3): Vec3 {
  const part = scene.parts[id];
  if (part?.shape !== 0) return n;
  let lean: Vec3 = [0, 0, 0];
  for (const row of part.rows) {
    const half = 1 / Math.hypot(...row);
    const local = half * dot(row, subtract(at, part.centre));
    const r = Math.min(0.008, 0.8 * half);
    lean = add(lean, times(unit(row), Math.sign(local) * clamp((Math.abs(local) - half + r) / r)));
  }
  return unit(add(n, times(subtract(lean, times(n, dot(lean, n))), 0.8)));
}

function light(scene: TruthScene, start: Vec3, at: Vec3, shading: Vec3, open: number, jitter: Vec3): Vec3 {
  const below = add([0.35, 0.35, 0.35], times(three(scene.head(13)), 0.65));
  let sum = times(mix(below, [1, 1, 1], 0.5 + 0.5 * shading[1]), scene.head(4)[3]);
  for (const j of [9, 11]) sum = add(sum, skyLight(scene, j, at, shading));
  return add(times(sum, open), add(sunLight(scene, start, shading, jitter), lampLight(scene, start, shading, jitter)));
}

function skyLight({ head, room }: TruthScene, j: number, at: Vec3, n: Vec3): Vec3 {
  const [side, along, height] = head(j);
  const [u, v] = head(j + 1);
  const inward = (
    [
      [1, 0, 0],
      [-1, 0, 0],
      [0, 0, 1],
      [0, 0, -1],
    ] as const
  )[side]!;
  const middle: Vec3 = [
    [0, height, along],
    [room[0], height, along],
    [along, height, 0],
    [along, height, room[2]],
  ][side] as unknown as Vec3;
  const to = subtract(add(middle, times(inward, 0.05)), at);
  const d2 = dot(to, to);
  const facing = (Math.max(0, dot(n, to)) * Math.max(0, -dot(inward, to))) / d2;
  const tint = mix([0.78, 0.89, 1], three(head(6)), 0.4);
  return times(tint, (head(6)[3] * 4 * u * v * facing) / (Math.PI * d2 + 4 * u * v));
}

function sunLight(scene: TruthScene, start: Vec3, n: Vec3, jitter: Vec3): Vec3 {
  const sun = three(scene.head(5));
  const strength = scene.head(5)[3];
  const facing = dot(n, sun);
  if (strength <= 0 || facing <= 0) return [0, 0, 0];
  const direction = unit(add(sun, times(subtract(jitter, [0.5, 0.5, 0.5]), 0.015)));
  const { t, side } = truthShell(scene, start, direction);
  const through = truthWindow(scene, add(start, times(direction, t)), side, 0.01 + 0.02 * t);
  if (through === 0) return [0, 0, 0];
  return times(three(scene.head(6)), strength * facing * through * free(scene, start, direction, t));
}

function lampLight(scene: TruthScene, start: Vec3, n: Vec3, jitter: Vec3): Vec3 {
  const [x, y, z, strength] = scene.head(7);
  const to = subtract(add([x, y, z], times(subtract(jitter, [0.5, 0.5, 0.5]), 2 * scene.head(8)[3])), start);
  const d2 = dot(to, to);
  const facing = dot(n, unit(to));
  if (strength <= 0 || facing <= 0) return [0, 0, 0];
  return times(three(scene.head(8)), (strength * facing * free(scene, start, unit(to), Math.sqrt(d2))) / (d2 + 0.15));
}

/** 1 when nothing is in the way up to `limit`, 0 when something is, NaN when that hangs on a hair. */
function free(scene: TruthScene, start: Vec3, direction: Vec3, limit: number): number {
  const solid = { ...scene, parts: scene.parts.filter(({ finish }) => finish !== GLOW) };
  const side = unit(cross(direction, [0.3, 0.8, 0.52]));
  const up = cross(side, direction);
  const answers = [[0, 0, 0] as Vec3, side, up, times(side, -1), times(up, -1)].map((way) => {
    const hit = truthHit(solid, start, unit(add(direction, times(way, 1e-3))));
    return hit.part >= 0 && hit.t < limit;
  });
  return answers.every((a) => a === answers[0]) ? (answers[0] ? 0 : 1) : Number.NaN;
}

function openness(scene: TruthScene, at: Vec3, n: Vec3): number {
  const closed = (step: number) => clamp(1 - distance(scene, add(at, times(n, step))) / step);
  return (1 - 0.5 * closed(0.09)) * (1 - 0.6 * closed(0.34));
}

/** From a point to whatever is nearest. */
function distance({ parts, room }: TruthScene, at: Vec3): number {
  let least = Math.min(...at, ...subtract(room, at));
  for (const { rows, centre, shape, taper } of parts) {
    const half = three(rows.map((row) => 1 / Math.hypot(...row)));
    const u = three(rows.map((row) => dot(row, subtract(at, centre))));
    const over = u.map((x, i) => Math.max(0, (Math.abs(x) - 1) * (half[i] ?? 0)));
    const radius = 1 + taper * Math.min(1, Math.max(-1, u[1]));
    const side = Math.max(0, (Math.hypot(u[0], u[2]) - radius) * Math.min(half[0], half[2]));
    const far = Math.hypot(...u);
    const ball = (far * (far - 1)) / Math.hypot(...u.map((x, i) => x / (half[i] ?? 0)));
    const apart = [Math.hypot(...over), Math.hypot(side, over[1] ?? 0), ball];
    least = Math.min(least, apart[shape] ?? Number.NaN);
  }
  return least;
}

function outside({ head }: TruthScene, d: Vec3): Vec3 {
  const sky = head(6);
  const around = 6 * Math.atan2(d[0], d[2]);
  const ridge = 0.06 + 0.05 * Math.sin(around) + 0.03 * Math.sin(2.7 * around + 1) + 0.012 * Math.sin(13 * around);
  if (Math.abs(d[1] - ridge) < 1e-3 || Math.abs(d[1] + 0.03) < 1e-3) return UNSURE;
  const blue = mix([0.85, 0.93, 1], [0.35, 0.58, 0.95], clamp(2 * d[1]));
  const trees = mix([0.12, 0.2, 0.09], [0.2, 0.3, 0.13], 0.5 + 0.5 * Math.sin(21 * around) * Math.sin(70 * d[1]));
  const ground = mix([0.33, 0.42, 0.2], [0.45, 0.44, 0.38], smoothstep(-0.1, -0.5, d[1]));
  const colour = d[1] < -0.03 ? ground : d[1] > ridge ? blue : trees;
  return times(multiply(colour, mix([1, 1, 1], three(sky), 0.3)), sky[3]);
}
