import { InternalError } from "../../errors.ts";
import { SEGMENTS, type Segment } from "./classes.ts";
import type { Look } from "./finish.ts";
import { boundsOf, type Part, Shape } from "./piece.ts";
import type { Opening } from "./room.ts";
import type { Scene } from "./scene.ts";
import { cross, times } from "./vec.ts";

// Scenes as shaders/lib/scene.wgsl reads them: its header says what is where.

/** Numbers of a scene, of a group of parts, and of a part. */
export const HEADER_SIZE = 88;
export const GROUP_SIZE = 8;
export const PART_SIZE = 24;
/** Groups and parts that a scene may have: about twice what the fullest of 20,000 rooms has. */
export const MAX_GROUPS = 48;
export const MAX_PARTS = 384;

/** Tables of a batch of scenes. */
export interface SceneTables {
  readonly scenes: Float32Array<ArrayBuffer>;
  readonly groups: Float32Array<ArrayBuffer>;
  readonly parts: Float32Array<ArrayBuffer>;
}

/** @throws InternalError for a scene with more groups or parts than there is room for */
export function tablesOf(scenes: readonly Scene[], groups = MAX_GROUPS, parts = MAX_PARTS): SceneTables {
  const tables = {
    scenes: new Float32Array(scenes.length * HEADER_SIZE),
    groups: new Float32Array(scenes.length * groups * GROUP_SIZE),
    parts: new Float32Array(scenes.length * parts * PART_SIZE),
  };
  scenes.forEach((scene, i) => {
    const all = scene.pieces.flat();
    if (scene.pieces.length > groups || all.length > parts)
      throw new InternalError(`scenes: ${scene.pieces.length} groups and ${all.length} parts: the table has ${groups} and ${parts}`);
    tables.scenes.set(headerRow(scene), i * HEADER_SIZE);
    tables.groups.set(groupRows(scene.pieces), i * groups * GROUP_SIZE);
    tables.parts.set(all.flatMap(partRow), i * parts * PART_SIZE);
  });
  return tables;
}

function headerRow({ room, camera, light, pieces }: Scene): number[] {
  const surfaces = [room.floor, room.ceiling, room.walls, room.other.look];
  const row = [
    ...[...camera.eye, camera.tan],
    ...[...camera.right, pieces.length],
    ...[...camera.up, light.noise],
    ...[...camera.forward, light.exposure],
    ...[...room.size, light.ambient],
    ...[...light.sun, light.sunStrength],
    ...[...light.sunColour, light.sky],
    ...[...light.lamp, light.lampStrength],
    ...[...light.lampColour, light.lampRadius],
    ...[0, 1].flatMap((i) => windowRow(room.windows[i])),
    ...surfaces.flatMap((look) => colourRows("wall", look)),
    ...[room.other.wall, 0, 0, 0],
  ];
  if (row.length !== HEADER_SIZE) throw new InternalError(`scenes: a header of ${row.length} numbers`);
  return row;
}

const windowRow = (window: Opening | undefined): number[] =>
  window ? [window.wall, window.along, window.height, 0, ...window.half, 0, 0] : [0, 0, 0, 0, 0, 0, 0, 0];

function groupRows(pieces: readonly (readonly Part[])[]): number[] {
  let first = 0;
  return pieces.flatMap((parts) => {
    const bounds = parts.map(boundsOf);
    const corner = (end: 0 | 1, pick: (...values: number[]) => number) =>
      ([0, 1, 2] as const).map((i) => pick(...bounds.map((b) => b[end][i])));
    const row = [...corner(0, Math.min), first, ...corner(1, Math.max), parts.length];
    first += parts.length;
    return row;
  });
}

/** Middle and radius; three rows of the linear map to the unit shape, with shape and taper; two colours. */
function partRow({ shape, segment, look, centre, half, x, y, taper }: Part): number[] {
  const wide = shape === Shape.cone ? 1 + Math.abs(taper) : 1;
  const [across, high] = [Math.hypot(half[0] * wide, half[2] * wide), half[1]];
  const radius =
    shape === Shape.ball
      ? Math.max(...half)
      : shape === Shape.box
        ? Math.hypot(across, high)
        : Math.hypot(Math.max(half[0], half[2]) * wide, high);
  return [
    ...[...centre, 1.0001 * radius],
    ...[...times(x, 1 / half[0]), shape],
    ...[...times(y, 1 / half[1]), taper],
    ...[...times(cross(x, y), 1 / half[2]), 0],
    ...colourRows(segment, look),
  ];
}

/** The code holds class and finish: see `code_of`. */
const colourRows = (segment: Segment, { finish, a, b, scale }: Look): number[] => [
  ...a,
  SEGMENTS.indexOf(segment) + 16 * finish,
  ...b,
  scale,
];
