import { FormatError, UsageError } from "../errors.ts";
import { subsetIndices } from "./dataset.ts";
import { bytewise, counted, listed } from "./folder_layout.ts";
import { evenly, HOLD_OUT, holdOut } from "./hold_out.ts";
import type { LabelTable } from "./sound_labels.ts";

/** How clips are divided into those to learn from and those held out. */
export interface SplitOptions {
  /** Ids of the clips of each part: paths, or file names without their ending. With one list only, the other part is the rest. */
  readonly trainList?: readonly string[] | undefined;
  readonly testList?: readonly string[] | undefined;
  /** A label whose values are held out whole: every `holdOut`th one, in bytewise order. */
  readonly holdOutBy?: string | null | undefined;
  /** Default 5. */
  readonly holdOut?: number | null | undefined;
}

/** Numbers of clips, in order. */
export interface ClipSplit {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/** Clips to divide. */
export interface Clips {
  readonly name: string;
  readonly paths: readonly string[];
  readonly labels: LabelTable;
  /** Ids that lists may name although their clips are not here, such as those that are too short. */
  readonly dropped: readonly string[];
  /** What people call one, where it is no clip. */
  readonly what?: string;
  warn(message: string): void;
}

/** A label of this name says which part a clip belongs to. */
const PART = "part";
const PARTS: readonly string[] = ["train", "test"];

/**
 * Divides clips, by the first of these that there is:
 * 1. lists of ids;
 * 2. a label `part` with the values `train` and `test`;
 * 3. `holdOutBy`;
 * 4. every `holdOut`th clip of each value of the first label, as `holdOut` does.
 *
 * Nothing is drawn: the same clips give the same parts.
 * @throws UsageError when a part would be empty, for a label that is not there, and for other parts than train and test
 * @throws FormatError for ids in lists that are no clip's, more than one's, or in both
 */
export function splitClips(clips: Clips, options: SplitOptions): ClipSplit {
  const { trainList, testList, holdOutBy } = options;
  const every = options.holdOut ?? HOLD_OUT;
  if (trainList || testList) return byLists(clips, trainList, testList);
  const { name, paths, labels } = clips;
  const part = labels[PART];
  if (part && !holdOutBy) {
    const stray = part.names.find((value) => !PARTS.includes(value));
    if (stray !== undefined) throw new UsageError(`${name}: label part: expected train and test, found ${stray}`);
    const test = part.names.indexOf("test");
    return parts(clips, (i) => part.ids[i] === test);
  }
  if (holdOutBy) return byLabel(clips, holdOutBy, every);
  const [first] = Object.values(labels);
  return holdOut(first ? first.ids : { length: paths.length }, every, name, `${clips.what ?? "clip"}s`);
}

function byLabel(clips: Clips, label: string, every: number): ClipSplit {
  const { name, labels } = clips;
  const found = labels[label];
  if (!found)
    throw new UsageError(
      `${name}: holdOutBy: expected one of the labels ${Object.keys(labels).join(", ") || "(there are none)"}, got ${label}`,
    );
  // Only values that a clip has, in an order of their own: names may come from a larger set.
  const used = bytewise([...new Set(Array.from(found.ids, (id) => found.names[id] ?? ""))]);
  const held = new Set(used.filter((_, i) => (i + 1) % every === 0));
  if (held.size === 0)
    throw new UsageError(
      `${name}: every ${every}th of ${used.length} values of ${label} would be held out: that is none. Give a smaller holdOut (2 or more)`,
    );
  return parts(clips, (i) => held.has(found.names[found.ids[i] ?? 0] ?? ""));
}

function byLists(clips: Clips, train: readonly string[] | undefined, test: readonly string[] | undefined): ClipSplit {
  const { name, paths, what = "clip", warn } = clips;
  const [inTrain, inTest] = [train && found(clips, train), test && found(clips, test)];
  const both = paths.filter((_, i) => inTrain?.has(i) && inTest?.has(i));
  if (both.length > 0) throw new FormatError(`${name}: in both lists: ${listed(both)}`);
  if (!inTrain) return parts(clips, (i) => inTest?.has(i) ?? false);
  if (!inTest) return parts(clips, (i) => !inTrain.has(i));
  const neither = paths.filter((_, i) => !inTrain.has(i) && !inTest.has(i));
  if (neither.length > 0) warn(`${name}: ${counted(neither.length, what)} in neither list, left out: ${listed(neither)}`);
  return parts(
    clips,
    (i) => inTest.has(i),
    (i) => inTrain.has(i),
  );
}

/** Numbers of the clips that ids name. */
function found({ name, paths, dropped, what = "clip" }: Clips, ids: readonly string[]): Set<number> {
  const byId = new Map<string, number | "several">();
  for (const [i, path] of paths.entries()) {
    for (const id of namesOf(path)) byId.set(id, byId.has(id) && byId.get(id) !== i ? "several" : i);
  }
  const gone = new Set(dropped.flatMap(namesOf));
  const missing = ids.filter((id) => !byId.has(id) && !gone.has(id));
  if (missing.length > 0)
    throw new FormatError(`${name}: ${counted(missing.length, "id")} of a list without a ${what}: ${listed(missing)}`);
  const unclear = ids.filter((id) => byId.get(id) === "several");
  if (unclear.length > 0) throw new FormatError(`${name}: of several ${what}s each: ${listed(unclear)}: give their paths`);
  return new Set(ids.flatMap((id) => byId.get(id) ?? []).filter((place) => typeof place === "number"));
}

/** What a list may call a clip. */
function namesOf(path: string): string[] {
  const bare = path.replace(/\.\w+$/, "");
  return [...new Set([path, bare, bare.slice(bare.lastIndexOf("/") + 1)])];
}

function parts(
  { name, paths, what = "clip" }: Clips,
  isTest: (i: number) => boolean,
  isTrain = (i: number): boolean => !isTest(i),
): ClipSplit {
  const all = paths.map((_, i) => i);
  const split = { train: Uint32Array.from(all.filter(isTrain)), test: Uint32Array.from(all.filter(isTest)) };
  for (const part of ["train", "test"] as const) {
    if (split[part].length === 0) throw new UsageError(`${name}: no ${what} is in the ${part === "train" ? "training" : "held-out"} part`);
  }
  return split;
}

/**
 * `limit` of some clips, as many of each value of the first label as possible; null: all.
 * @returns their numbers, and what a name says of it: " (3 of 10)"
 * @throws UsageError for more than there are
 */
export function firstClips(
  clips: Uint32Array,
  labels: LabelTable,
  limit: number | null | undefined,
): { readonly chosen: Uint32Array; readonly of: string } {
  if (limit === null || limit === undefined || limit === clips.length) return { chosen: clips, of: "" };
  const [first] = Object.values(labels);
  const count = subsetIndices(clips.length, { limit }).length;
  const places = evenly(
    Array.from(clips, (clip) => first?.ids[clip]),
    count,
  );
  return { chosen: places.map((place) => clips[place] ?? 0), of: ` (${count} of ${clips.length})` };
}
