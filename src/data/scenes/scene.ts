import { Purpose, randomBelow, randomStream } from "../../random.ts";
import { type Camera, cameraOf } from "./camera.ts";
import { ROOMS, type RoomKind } from "./classes.ts";
import { Draw } from "./draw.ts";
import { paint, type Style, styleOf } from "./finish.ts";
import { furnish } from "./furnish.ts";
import { Layout } from "./layout.ts";
import type { Part } from "./piece.ts";
import { before, doorPiece, type Room, roomOf, windowPiece, yawOf } from "./room.ts";
import { ceilingLamp } from "./things.ts";
import { add, turned, unit, type Vec3 } from "./vec.ts";

/** What shines in a room. Strengths are in units of no name: the exposure is chosen for them. */
export interface Light {
  /** Direction to the sun, its strength (0: hidden) and colour. */
  readonly sun: Vec3;
  readonly sunStrength: number;
  readonly sunColour: Vec3;
  readonly sky: number;
  readonly lamp: Vec3;
  readonly lampStrength: number;
  readonly lampColour: Vec3;
  /** Half the lamp's extent in metres: how soft its shadows are. */
  readonly lampRadius: number;
  /** From everywhere. */
  readonly ambient: number;
  readonly exposure: number;
  /** Standard deviation of the sensor's noise, of a full scale of 1. */
  readonly noise: number;
}

/** Everything that a picture of a room shows. */
export interface Scene {
  readonly room: Room;
  readonly camera: Camera;
  readonly light: Light;
  /** Parts by piece of furniture. */
  readonly pieces: readonly (readonly Part[])[];
}

/** Numbers of the shader's words (see `Draw`); this one orders the kinds of rooms. */
const KINDS = 8;

/** The kind of room of a sample: of six samples in a row, from a multiple of six on, each is another. */
export function kindOf(seed: number, index: number): RoomKind {
  const order: RoomKind[] = [...ROOMS];
  const block = Math.floor(index / order.length);
  const stream = randomStream(seed, Purpose.synthetic);
  for (let i = order.length - 1; i > 0; i--) {
    const j = randomBelow(i + 1, stream, block, i, KINDS);
    [order[i], order[j]] = [order[j] ?? "office", order[i] ?? "office"];
  }
  return order[index % order.length] ?? "office";
}

/** The scene of a sample: a function of (seed, index). */
export function sceneOf(seed: number, index: number): Scene {
  const draw = new Draw(seed, index);
  const room = roomOf(draw, kindOf(seed, index));
  const day = draw.chance(0.8) && room.windows.length > 0;
  const style = styleOf(draw, !day || draw.chance(0.35));
  const layout = new Layout(draw, room);
  enclose(draw, style, layout);
  furnish(draw, style, layout);
  const camera = cameraOf(draw, layout);
  const light = lightOf(draw, layout, day, style.lit);
  return { room, camera, light, pieces: layout.placed.map(({ piece, at, yaw }) => piece.placed(at, yaw)) };
}

/** What belongs to the room itself. */
function enclose(draw: Draw, style: Style, layout: Layout): void {
  const { room } = layout;
  for (const opening of room.windows)
    layout.fix(windowPiece(draw, style, opening), before(room, opening.wall, opening.along, 0), yawOf(opening.wall));
  layout.fix(doorPiece(draw, style, room.door), before(room, room.door.wall, room.door.along, 0), yawOf(room.door.wall));
  const [w, h, d] = room.size;
  const drop = draw.chance(0.5) ? 0.1 : draw.between(0.3, 0.6);
  const lamp = ceilingLamp(draw, style, h, drop);
  layout.fix(lamp, [w * draw.between(0.4, 0.6), 0, d * draw.between(0.4, 0.6)], 0);
}

function lightOf(draw: Draw, { room, placed }: Layout, day: boolean, lit: boolean): Light {
  const lamps = placed.flatMap(({ piece, at, yaw }) => (piece.light ? [add(turned(piece.light, yaw), at)] : []));
  // The ceiling's comes first and gives most of the light in most rooms.
  const lamp = lamps[draw.chance(0.6) ? 0 : draw.whole(0, Math.max(0, lamps.length - 1))] ?? [
    room.size[0] / 2,
    room.size[1] - 0.3,
    room.size[2] / 2,
  ];
  const [opening] = room.windows;
  const azimuth = (opening ? yawOf(opening.wall) + Math.PI : 0) + draw.between(-0.9, 0.9);
  const elevation = draw.between(0.25, 0.85);
  const sky = day ? draw.between(2.5, 5) : 0.05;
  const sunStrength = day && draw.chance(0.75) ? draw.between(2.5, 5) : 0;
  const lampStrength = lit ? draw.between(1.5, 3.2) : 0;
  const [w, h, d] = room.size;
  const glass = room.windows.reduce((sum, { half }) => sum + 4 * half[0] * half[1], 0);
  const ambient = 0.16 + (0.9 * sky * glass) / (2 * (w * h + h * d + w * d)) + 0.07 * lampStrength;
  const typical = ambient + (0.25 * sky * glass) / (w * d) + 0.1 * lampStrength;
  return {
    sun: unit([Math.sin(azimuth) * Math.cos(elevation), Math.sin(elevation), Math.cos(azimuth) * Math.cos(elevation)]),
    sunStrength,
    sunColour: paint(0.11, draw.between(0.05, 0.3), 1),
    sky,
    lamp,
    lampStrength,
    lampColour: paint(0.1, draw.between(0.08, 0.35), 1),
    lampRadius: draw.between(0.05, 0.15),
    ambient,
    exposure: draw.between(0.9, 1.35) / typical,
    noise: draw.between(0.004, 0.02),
  };
}
