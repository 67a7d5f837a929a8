import { describe, expect, test } from "vitest";
import { memorySource } from "../../../src/data/source.ts";
import { type TextFolderOptions, textFolderFrom, textTableFrom } from "../../../src/data/text/text_folder.ts";
import { subsetOfTexts, type TextDataset, textDataset } from "../../../src/data/text/texts.ts";
import { FormatError, UsageError } from "../../../src/errors.ts";

type Files = Record<string, string | Uint8Array>;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const source = (files: Files) =>
  memorySource(
    new Map(Object.entries(files).map(([path, content]) => [path, typeof content === "string" ? bytes(content) : content])),
    "set",
  );

async function folder(files: Files, options: TextFolderOptions = {}) {
  const warnings: string[] = [];
  return { ...(await textFolderFrom(source(files), { warn: (message) => warnings.push(message), ...options })), warnings };
}

const labelled = ({ labels }: TextDataset, label: string): (string | undefined)[] =>
  Array.from(labels[label]?.ids ?? [], (id) => labels[label]?.names[id]);
/** Two classes of five texts. */
const ten = (): Files =>
  Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`${i < 5 ? "ham" : "spam"}/${i}.txt`, `text ${i}. It ends.`]));

describe("a folder of texts", () => {
  test("has a class a folder, every fifth text of each held out", async () => {
    const { train, test: held, warnings } = await folder({ ...ten(), ".hidden/x.txt": "", "notes.md": "x" });
    expect(train.name).toBe("text/train");
    expect(train.documentNames).toHaveLength(8);
    expect(held.documents).toEqual(["text 4. It ends.", "text 9. It ends."]);
    expect(held.documentNames).toEqual(["ham/4.txt", "spam/9.txt"]);
    expect(labelled(train, "class")).toEqual(["ham", "ham", "ham", "ham", "spam", "spam", "spam", "spam"]);
    expect(warnings).toEqual(["set: 1 file passed over, no text files (.txt): notes.md"]);
  });

  test("is labelled by a pattern, by its documents.tsv, or not at all, and takes a part", async () => {
    const flat = { "7_ann.txt": "a", "8_bob.txt": "b", "8_ann.txt": "c", "9_bob.txt": "d" };
    const byPattern = await folder(flat, { labels: "{year}_{who}", holdOutBy: "who", holdOut: 2 });
    expect(labelled(byPattern.test, "who")).toEqual(["bob", "bob"]);
    const listed = { ...flat, "documents.tsv": "path\tmood\n9_bob.txt\tglad\n8_ann.txt\tsad\n" };
    const byList = await folder(listed, { holdOutBy: "mood", holdOut: 2 });
    expect(labelled(byList.test, "mood")).toEqual(["sad"]);
    expect(byList.warnings).toEqual(["set: 2 files not in documents.tsv, left out: 7_ann.txt, 8_bob.txt"]);
    expect((await folder(flat, { holdOut: 2 })).train.labels).toEqual({});
    const { train } = await folder(ten(), { limit: 3 });
    expect([train.name, ...labelled(train, "class")]).toEqual(["text/train (3 of 8)", "ham", "ham", "spam"]);
  });

  test("a damaged or empty file is refused by its name and place, or left out", async () => {
    const latin = Uint8Array.of(0x61, 0x62, 0xe9, 0x63);
    const cut = Uint8Array.of(0x61, 0xc3);
    await expect(folder({ ...ten(), "ham/a.txt": latin })).rejects.toThrow("set/ham/a.txt: byte 2: expected UTF-8, found 0xe9");
    await expect(folder({ ...ten(), "ham/a.txt": cut })).rejects.toThrow("set/ham/a.txt: byte 1: expected UTF-8, found 0xc3");
    await expect(folder({ ...ten(), "ham/a.txt": " \n" })).rejects.toThrow("set/ham/a.txt: 2 bytes: expected a document, found no word");
    const { train, test: held, warnings } = await folder({ ...ten(), "ham/5.txt": "", "spam/a.txt": latin }, { skipBad: true });
    expect(warnings).toEqual(["set: 2 files left out, empty or no UTF-8: ham/5.txt, spam/a.txt"]);
    expect([...train.documentNames, ...held.documentNames].sort()).toEqual(Object.keys(ten()).sort());
    expect(labelled(held, "class")).toEqual(["ham", "spam"]);
  });

  test.each<[Files, TextFolderOptions, RegExp]>([
    [{ "a.md": "x" }, {}, /set: no text files \(\.txt\) among 1 files/],
    [{ ...ten(), "loose.txt": "x" }, {}, /1 document beside the folders \(loose.txt\)/],
    [ten(), { limit: 9 }, /limit 9: expected an integer from 1 to 8/],
    [ten(), { holdOut: 1 }, /text: holdOut: expected an integer of 2 or more/],
    [ten(), { minimum: 3 } as object, /text: unknown option "minimum"/],
    [ten(), { skipBad: 1 } as object, /text: skipBad: expected true or false, got 1/],
    [ten(), { holdOutBy: "mood" }, /holdOutBy: expected one of the labels class, got mood/],
    [{ "a.txt": "x", "b.txt": "y" }, {}, /text: 2 documents without a test part/],
  ])("refused: %j %j", async (files, options, message) => {
    await expect(folder(files, options)).rejects.toThrow(UsageError);
    await expect(folder(files, options)).rejects.toThrow(message);
  });
});

describe("a table of texts", () => {
  const table = (text: string, options = {}) => textTableFrom(bytes(text), "mails.tsv", options);

  test("has a text a line, and labels in its other columns; the same text may be there twice", () => {
    const { train, test: held } = table("text\tkind\tpart\nHello. Bye.\tham\ttrain\nBuy!\tspam\ttrain\nBuy!\tspam\ttest\n");
    expect([train.documents, train.documentNames]).toEqual([
      ["Hello. Bye.", "Buy!"],
      ["line 2", "line 3"],
    ]);
    expect([labelled(held, "kind"), held.documents]).toEqual([["spam"], ["Buy!"]]);
  });

  test.each([
    ["kind\ttext\nham\tx\n", 'mails.tsv: line 1: expected "text" and the names of labels between tabs, found "kind\\ttext"'],
    ["text\tkind\n", "mails.tsv: line 2: expected a document, found the end"],
    ["text\tkind\nx\tham\n \tham\n", 'mails.tsv: line 3: expected 2 texts between tabs, found " \\tham"'],
    ["text\tkind\nx\tham\ty\n", "mails.tsv: line 2: expected 2 texts between tabs"],
  ])("refused: %j", (text, message) => {
    expect(() => table(text)).toThrow(FormatError);
    expect(() => table(text)).toThrow(message);
  });
});

describe("a data set of texts", () => {
  const made = (documents: readonly string[], documentNames?: readonly string[]) =>
    textDataset({ name: "set", documents, ...(documentNames && { documentNames }) });

  test("is told from others by names, order and content, not by labels", () => {
    const labels = { class: { ids: Uint32Array.of(0, 0), names: ["a"] } };
    expect(textDataset({ name: "other", documents: ["x", "y"], labels }).fingerprint).toBe(made(["x", "y"]).fingerprint);
    const prints = [made(["x", "y"]), made(["y", "x"]), made(["x", "z"]), made(["x", "y"], ["a", "b"]), made(["x"])];
    expect(new Set(prints.map(({ fingerprint }) => fingerprint)).size).toBe(5);
    expect(subsetOfTexts(made(["x", "y"]), Uint32Array.of(0, 1), "part").fingerprint).toBe(prints[0]?.fingerprint);
  });

  test("refuses none, an empty one, and names or labels that do not fit", () => {
    expect(() => made([])).toThrow("set: no documents");
    expect(() => made(["x", "\t\n"])).toThrow("set: document 1: expected a text, found 2 characters and no word");
    expect(() => made(["x"], ["a", "b"])).toThrow("set: expected 1 document names, got 2");
    const labels = { class: { ids: Uint32Array.of(1), names: ["a"] } };
    expect(() => textDataset({ name: "set", documents: ["x"], labels })).toThrow("set: class: expected ids 0 to 0, got 1");
  });
});
