import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import {
  checkEmojiOptions,
  EMOJI_VENDORS,
  type Emoji,
  type EmojibaseEntry,
  type EmojibaseGroups,
  type EmojiOptions,
  type EmojiSets,
  emojiSets,
  joinEmoji,
} from "../data/emoji.ts";
import { FormatError, UsageError } from "../errors.ts";
import { cachedImages } from "./cache.ts";
import { type IconSet, openPainter } from "./icons.ts";

/** Packages with the drawings' licences: Apache-2.0, CC-BY 4.0, CC-BY-SA 4.0, MIT. They are read where npm put them, never copied. */
const packageOf = (vendor: string): string => `@iconify-json/${vendor}`;
const PACKAGES = [...EMOJI_VENDORS.map(packageOf), "emojibase-data", "sharp"];

/**
 * The 1,442 emoji that noto, twemoji, openmoji and fluent-emoji-flat all drew, as RGB images over white: 1,154 to learn from and
 * 288 held out (every fifth in code-point order, the same for every vendor). Drawn once from the SVG of the npm packages and then
 * kept in the cache folder (NEARFAR_CACHE, or the user's), not in node_modules, which may be read-only or shared.
 * @throws UsageError when an option cannot be used or a package is not installed, FormatError when a package is not as it should be
 */
export async function readEmoji(options: EmojiOptions = {}): Promise<EmojiSets> {
  const { vendors, size, ...rest } = checkEmojiOptions(options);
  for (const name of PACKAGES) packageDir(name);
  const emoji = await readJoined();
  const drawings = new Map<string, Uint8Array>();
  for (const vendor of vendors) drawings.set(vendor, await draw(vendor, emoji, size));
  return emojiSets(emoji, drawings, { size, ...rest });
}

/** What all vendors drew, in code-point order. */
export async function readJoined(): Promise<Emoji[]> {
  const [base, groups, ...charts] = await Promise.all([
    readJson<EmojibaseEntry[]>("emojibase-data", "en/data.json"),
    readJson<EmojibaseGroups>("emojibase-data", "meta/groups.json"),
    ...EMOJI_VENDORS.map((vendor) => readJson<Record<string, string>>(packageOf(vendor), "chars.json")),
  ]);
  return joinEmoji(base, groups, new Map(EMOJI_VENDORS.map((vendor, i) => [vendor, charts[i] ?? {}])));
}

async function draw(vendor: string, emoji: readonly Emoji[], size: number): Promise<Uint8Array> {
  const icons = emoji.map((one) => one.icons.get(vendor) ?? "");
  const { version } = await readJson<{ version: string }>(packageOf(vendor), "package.json");
  const painter = await openPainter();
  const key = JSON.stringify({ vendor, version, size, painter: painter.version, icons });
  return cachedImages(`emoji-${vendor}-${size}`, key, [emoji.length, 3, size, size], async () =>
    painter.paint(await readJson<IconSet>(packageOf(vendor), "icons.json"), icons, size),
  );
}

/** Where npm put a package. @throws UsageError when it did not */
export function packageDir(name: string): string {
  const { paths } = createRequire(import.meta.url).resolve;
  // By its folder: not every package exports its package.json.
  const dir = paths(name)?.find((folder) => existsSync(join(folder, name, "package.json")));
  if (dir) return join(dir, name);
  throw new UsageError(`emoji: the npm package ${name} is not installed: run \`npm install --save-dev ${PACKAGES.join(" ")}\``);
}

async function readJson<T>(name: string, file: string): Promise<T> {
  const path = join(packageDir(name), file);
  try {
    return JSON.parse(await readFile(path, "utf8")) as T;
  } catch (cause) {
    throw new FormatError(`${path}: expected the JSON of ${name}, cannot be read: install the package again`, { cause });
  }
}
