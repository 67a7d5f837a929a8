import { FormatError, UsageError } from "../errors.ts";
import { concatBytes } from "../formats/bytes.ts";
import { checkChoice, checkNames, checkNumber } from "../options.ts";
import { gather } from "./dataset.ts";
import { type ImageDataset, imageDataset } from "./images.ts";
import type { TrainTest } from "./mnist.ts";
import { type MultiViewParts, multiViewDataset, type ViewImages } from "./multi_view.ts";

/** Who drew all of the emoji: the names of their packages in `@iconify-json`. */
export const EMOJI_VENDORS: readonly string[] = ["noto", "twemoji", "openmoji", "fluent-emoji-flat"];

/** Which classes the emoji get: Unicode's 95 subgroups ("face-smiling") or its 9 groups ("smileys-emotion"). */
export const EMOJI_LABELS: readonly string[] = ["subgroup", "group"];

/** One emoji of the nth, beginning with the nth, is held out. */
const HELD_OUT_EVERY = 5;

export interface EmojiOptions {
  /** Whose drawings, the first one's being the images and all of them the views. Default: ["noto"]. */
  readonly vendors?: readonly string[];
  /** Height and width in pixels, 8 to 256 and equal: emoji are square. Default [32, 32]. */
  readonly size?: readonly [number, number];
  /** Default "subgroup". */
  readonly labels?: string;
  /** Every drawing is a sample of its own, not a view of one: more to learn from for objectives with one view. Default false. */
  readonly pool?: boolean;
}

/** What the options come to; `size` is the side in pixels. */
export interface EmojiChoice {
  readonly vendors: readonly string[];
  readonly size: number;
  readonly labels: string;
  readonly pool: boolean;
}

/** One emoji that all vendors drew. */
export interface Emoji {
  /** Its code points as in Unicode's lists, lower-case: "1f600", "1f468-200d-1f373". */
  readonly code: string;
  /** "grinning face". */
  readonly label: string;
  readonly group: string;
  readonly subgroup: string;
  /** Flags look alike whoever draws them: score them apart. */
  readonly flag: boolean;
  /** Vendor to the name of its drawing. */
  readonly icons: ReadonlyMap<string, string>;
}

/** The part of an entry of `emojibase-data` that is read. */
export interface EmojibaseEntry {
  readonly hexcode: string;
  readonly label: string;
  /** Number of its group; regional indicators have none. */
  readonly group?: number;
  readonly subgroup?: number;
}

/** `meta/groups.json` of `emojibase-data`: names by number. */
export interface EmojibaseGroups {
  readonly groups: Readonly<Record<string, string>>;
  readonly subgroups: Readonly<Record<string, string>>;
}

/** Emoji to learn from and emoji held out, and which ones they are, in the order of the images. */
export interface EmojiSets extends TrainTest {
  readonly emoji: { readonly train: readonly Emoji[]; readonly test: readonly Emoji[] };
}

/** The options with their defaults. @throws UsageError for unknown options, vendors and labels, a vendor named twice, and sizes out of range */
export function checkEmojiOptions(options: EmojiOptions): EmojiChoice {
  checkNames("data emoji", options, ["vendors", "size", "labels", "pool"]);
  const { vendors = ["noto"], size = [32, 32], labels = "subgroup", pool = false } = options;
  if (!Array.isArray(vendors) || vendors.length === 0)
    throw new UsageError(`data.vendors: expected a list of ${EMOJI_VENDORS.join(", ")}, got ${JSON.stringify(vendors)}`);
  for (const vendor of vendors) checkChoice("data.vendors", vendor, EMOJI_VENDORS);
  const twice = vendors.find((vendor, i) => vendors.indexOf(vendor) < i);
  if (twice !== undefined) throw new UsageError(`data.vendors: ${twice} is named twice`);
  const [side, width] = size;
  checkNumber("data.size", side, { min: 8, max: 256, integer: true });
  if (size.length !== 2 || width !== side)
    throw new UsageError(`data.size: expected a square, such as [32, 32], got ${JSON.stringify(size)}`);
  checkChoice("data.labels", labels, EMOJI_LABELS);
  if (typeof pool !== "boolean") throw new UsageError(`data.pool: expected true or false, got ${JSON.stringify(pool)}`);
  return { vendors, size: side, labels, pool };
}

/**
 * The emoji that every vendor has under exactly the code points of `base`, in code-point order. Skin tones are left out: they are
 * variants of one identity, and `emojibase-data` lists them below their emoji. So are, by the exact match, most man / woman
 * sequences, whose code points the vendors write without the variation selector.
 * @param charts vendor to its `chars.json`: code points to the name of a drawing
 * @throws FormatError when nothing is common to all, or a group has no name
 */
export function joinEmoji(
  base: readonly EmojibaseEntry[],
  names: EmojibaseGroups,
  charts: ReadonlyMap<string, Readonly<Record<string, string>>>,
): Emoji[] {
  const drawn = base.flatMap((entry): Emoji[] => {
    const code = entry.hexcode.toLowerCase();
    const icons = new Map([...charts].flatMap(([vendor, chart]) => (Object.hasOwn(chart, code) ? [[vendor, chart[code] ?? ""]] : [])));
    if (icons.size < charts.size || entry.group === undefined) return [];
    const group = names.groups[entry.group];
    const subgroup = names.subgroups[entry.subgroup ?? -1];
    if (group === undefined || subgroup === undefined)
      throw new FormatError(`emoji ${code}: expected a named group and subgroup, found ${entry.group} and ${entry.subgroup}`);
    return [{ code, label: entry.label, group, subgroup, flag: group === "flags", icons }];
  });
  if (drawn.length === 0) throw new FormatError(`emoji: no code points are common to emojibase-data and ${[...charts.keys()].join(", ")}`);
  return drawn.sort((a, b) => compareCodes(a.code, b.code));
}

/** Which of `length` emoji are held out, whoever drew them: every fifth in code-point order. */
export function splitEmoji(length: number): { train: Uint32Array; test: Uint32Array } {
  const held = (i: number): boolean => i % HELD_OUT_EVERY === HELD_OUT_EVERY - 1;
  const all = Array.from({ length }, (_, i) => i);
  return { train: Uint32Array.from(all.filter((i) => !held(i))), test: Uint32Array.from(all.filter(held)) };
}

/**
 * The two data sets: images of one vendor, views of several, named by vendor, or, pooled, every drawing to learn from as a sample of
 * its own (one vendor's after the other's) and the first vendor's held out.
 * @param emoji as from `joinEmoji`
 * @param drawings vendor to planar u8 [N, 3, size, size], in the order of `emoji`
 * @throws FormatError when drawings and emoji differ in number
 */
export function emojiSets(
  emoji: readonly Emoji[],
  drawings: ReadonlyMap<string, Uint8Array>,
  options: Pick<EmojiChoice, "size" | "labels" | "pool">,
): EmojiSets {
  const { size, labels, pool } = options;
  for (const [vendor, { length }] of drawings) checkCount(vendor, length / (3 * size * size), emoji.length);
  const classOf = (one: Emoji): string => (labels === "group" ? one.group : one.subgroup);
  const classes = [...new Set(emoji.map(classOf))].sort();
  const part = (name: string, chosen: Uint32Array, make: (parts: MultiViewParts) => ImageDataset) => {
    const views = [...drawings].map(([vendor, pixels]): ViewImages => {
      const bytes = gather(pixels, 3 * size * size, chosen);
      return { name: vendor, channels: 3, height: size, width: size, pixels: () => bytes };
    });
    const members = [...chosen].flatMap((i) => emoji[i] ?? []);
    const images = make({ name: `emoji/${name}`, views, labels: members.map((one) => classes.indexOf(classOf(one))), classes });
    return { images, members: Array.from({ length: images.length / members.length }, () => members).flat() };
  };
  const { train: learned, test: held } = splitEmoji(emoji.length);
  const train = part("train", learned, pool ? pooled : viewsOrImages);
  const test = part("test", held, pool ? firstView : viewsOrImages);
  return { train: train.images, test: test.images, emoji: { train: train.members, test: test.members } };
}

const viewsOrImages = (parts: MultiViewParts): ImageDataset => (parts.views.length > 1 ? multiViewDataset(parts) : firstView(parts));

function firstView({ views, ...rest }: MultiViewParts): ImageDataset {
  const [first] = views;
  if (!first) throw new FormatError("emoji: expected drawings, found none");
  return imageDataset({ ...first, ...rest, pixels: first.pixels() });
}

function pooled({ views, labels = [], ...rest }: MultiViewParts): ImageDataset {
  const pixels = concatBytes(views.map((view) => view.pixels()));
  return imageDataset({ ...firstView({ views, ...rest }), ...rest, pixels, labels: views.flatMap(() => Array.from(labels)) });
}

function checkCount(vendor: string, found: number, expected: number): void {
  if (found !== expected) throw new FormatError(`emoji: expected ${expected} drawings of ${vendor}, one an emoji, found ${found}`);
}

/** Code point by code point: "1f9d1" before "1f9d1-200d-1f33e", "a9" before "1f600". */
function compareCodes(a: string, b: string): number {
  const [as, bs] = [a, b].map((code) => code.split("-").map((point) => Number.parseInt(point, 16))) as [number[], number[]];
  const at = as.findIndex((point, i) => point !== bs[i]);
  return at < 0 ? as.length - bs.length : (as[at] ?? 0) - (bs[at] ?? -1);
}
