import { FormatError, UsageError } from "../errors.ts";
import { quote } from "../formats/fault.ts";

/** Frame numbers from 0, sorted. */
export interface NyuSplit {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/**
 * A split from the text of a JSON file with the two lists of the published `splits.mat`, `{"trainNdxs": [...], "testNdxs": [...]}`: frame
 * numbers from 1, as MATLAB counts. (`splits.mat` itself is in MATLAB's older format; in MATLAB:
 * `fprintf(fopen('splits.json', 'w'), jsonencode(load('splits.mat')))`.)
 * @throws FormatError when it is no such file, or names a frame twice or one that does not exist
 */
export function readNyuSplit(text: string, name: string, frames: number): NyuSplit {
  let tree: unknown;
  try {
    tree = JSON.parse(text);
  } catch (cause) {
    throw new FormatError(`${name}: expected JSON with trainNdxs and testNdxs, found ${quote(text)}`, { cause });
  }
  const seen = new Set<number>();
  const list = (key: string): number[] => {
    const values: unknown = (tree as { readonly [key: string]: unknown } | null)?.[key];
    if (!Array.isArray(values) || values.length === 0) throw new FormatError(`${name}: ${key}: expected a list of frame numbers`);
    const numbers = values.flat().map((value: unknown) => {
      if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > frames)
        throw new FormatError(`${name}: ${key}: expected frame numbers from 1 to ${frames}, found ${JSON.stringify(value)}`);
      if (seen.has(value)) throw new FormatError(`${name}: ${key}: frame ${value} is there twice: training and test frames must differ`);
      seen.add(value);
      return value - 1;
    });
    return numbers.sort((a, b) => a - b);
  };
  return { train: list("trainNdxs"), test: list("testNdxs") };
}

/** Share of the frames that are held out without a file of splits: the published split holds out 45 %. */
const HELD_OUT = 0.45;

/**
 * A split by scene: all frames of a room are on one side ("study_room_0005a" and "study_room_0005b" are parts of one). Rooms are held out in
 * the order of a hash of their names, each that brings the share of frames closer to 45 %, so a file has one split for good.
 * @throws UsageError when all frames are of one room
 */
export function splitByScene(scenes: readonly string[], name: string): NyuSplit {
  const frames = new Map<string, number>();
  const room = (scene: string): string => scene.replace(/(\d)[a-z]$/, "$1");
  for (const scene of scenes) frames.set(room(scene), (frames.get(room(scene)) ?? 0) + 1);
  const rooms = [...frames].sort(([a], [b]) => hash(a) - hash(b) || (a < b ? -1 : 1));
  if (rooms.length < 2)
    throw new UsageError(`${name}: all frames are of ${rooms[0]?.[0]}: a held-out part needs a second room, or splits.json`);
  const held = new Set<string>();
  let away = HELD_OUT * scenes.length;
  for (const [candidate, size] of rooms) {
    if (Math.abs(away - size) >= Math.abs(away)) continue;
    held.add(candidate);
    away -= size;
  }
  const numbers = scenes.map((_, i) => i);
  const isHeld = (i: number): boolean => held.has(room(scenes[i] ?? ""));
  return { train: numbers.filter((i) => !isHeld(i)), test: numbers.filter(isHeld) };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
