import { FormatError, UsageError } from "../errors.ts";
import { quote } from "../formats/fault.ts";
import { labelsOf, type SoundLabels } from "./sound.ts";

/** Labels of clips by name. */
export type LabelTable = Readonly<Record<string, SoundLabels>>;

/** Parts of a pattern: a name in braces, stars, or plain text. */
const PARTS = /\{([A-Za-z]\w*)(\.\.\.)?\}|(\*\*|\*)|([^{}*]+)|(.)/g;

/**
 * Labels from file names by a pattern such as `{speaker}/{chapter}/*`. It is laid against the end of the path, from a slash on, without the
 * ending `.wav` or `.flac`: `{name}` takes a part within one folder or file name (as little as fits) as the label of that name, `{name...}`
 * also slashes; `*` and `**` are the same without a label; everything else stands for itself.
 *
 * | data | pattern |
 * |---|---|
 * | one folder a class | `{class}/*` |
 * | LibriSpeech | `{speaker}/{chapter}/*` |
 * | `7_jackson_32.wav` | `{digit}_{speaker}_*` |
 * | `it_IT_m_Carlo/digits/1.wav` | `{language}_*_*_{speaker}/{prompt...}` |
 * @throws UsageError for a pattern that names nothing or a name twice, and for a path that does not fit
 */
export function labelsByPattern(paths: readonly string[], pattern: string, name: string): LabelTable {
  const { names, expression } = compiled(pattern, name);
  const rows = paths.map((path) => {
    const found = expression.exec(path.replace(/\.\w+$/, ""));
    if (!found)
      throw new UsageError(`${name}: ${path} does not fit the pattern of the labels, ${pattern}: give another (labels; --labels)`);
    return found.slice(1);
  });
  return Object.fromEntries(names.map((label, i) => [label, labelsOf(rows.map((row) => row[i] ?? ""))]));
}

function compiled(pattern: string, name: string): { names: readonly string[]; expression: RegExp } {
  const names: string[] = [];
  let text = "";
  for (const [, label, dots, star, plain, stray] of pattern.matchAll(PARTS)) {
    if (stray !== undefined)
      throw new UsageError(`${name}: labels: ${quote(stray)} in the pattern ${pattern}: expected {name}, {name...}, *, ** or text`);
    if (label !== undefined) names.push(label);
    if (label !== undefined) text += dots ? "(.+?)" : "([^/]+?)";
    else if (star !== undefined) text += star === "**" ? ".*" : "[^/]*";
    else text += (plain ?? "").replace(/[\\^$.|?+()[\]]/g, "\\$&");
  }
  const twice = names.find((label, i) => names.indexOf(label) < i);
  if (twice !== undefined) throw new UsageError(`${name}: labels: {${twice}} is in the pattern ${pattern} twice`);
  if (names.length === 0) throw new UsageError(`${name}: labels: the pattern ${pattern} names no label: expected one such as {class}/*`);
  return { names, expression: new RegExp(`(?:^|/)${text}$`, "s") };
}

/** The first column of a table of samples; the others are labels. */
export interface FirstColumn {
  /** Its name. */
  readonly name: "path" | "text";
  /** What people call a line: "clip". */
  readonly what: string;
}

/** Lines of a table: what the first column says, and labels. */
export interface LabelledLines {
  readonly first: readonly string[];
  readonly labels: LabelTable;
}

/**
 * Reads a table of samples: lines of texts between tabs. The first line names the columns: `path` or `text` first, then the labels; the others
 * are the samples, in the order that they will have.
 * @throws FormatError naming the line for a missing or empty column and a path that is there twice
 */
export function readLabelled(table: string, name: string, { name: wanted, what }: FirstColumn): LabelledLines {
  const [head = "", ...lines] = table
    .replace(/^\uFEFF/, "")
    .replace(/(?:\r?\n)+$/, "")
    .split(/\r?\n/);
  const [first, ...names] = head.split("\t");
  if (first !== wanted || new Set(names).size < names.length || names.some((label) => !/^[A-Za-z]\w*$/.test(label)))
    throw new FormatError(`${name}: line 1: expected "${wanted}" and the names of labels between tabs, found ${quote(head)}`);
  if (lines.length === 0) throw new FormatError(`${name}: line 2: expected a ${what}, found the end`);
  const seen = new Map<string, number>();
  const rows = lines.map((line, i) => {
    const row = line.split("\t");
    if (row.length !== names.length + 1 || row.some((cell) => cell.trim() === ""))
      throw new FormatError(`${name}: line ${i + 2}: expected ${names.length + 1} texts between tabs, found ${quote(line)}`);
    const [path = ""] = row;
    const earlier = wanted === "path" ? seen.get(path) : undefined; // a text may be there twice
    if (earlier !== undefined) throw new FormatError(`${name}: line ${i + 2}: ${path} is in line ${earlier} already`);
    seen.set(path, i + 2);
    return row;
  });
  const labels = names.map((label, k) => [label, labelsOf(rows.map((row) => row[k + 1] ?? ""))] as const);
  return { first: rows.map(([path = ""]) => path), labels: Object.fromEntries(labels) };
}

/**
 * Ids of clips from the lines of a text, as the split lists of the CPC authors. Empty lines do not count.
 * @throws FormatError for an id that is there twice, and for none
 */
export function readIdList(text: string, name: string): string[] {
  const ids = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  if (ids.length === 0) throw new FormatError(`${name}: expected the ids of clips, one a line, found none`);
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) throw new FormatError(`${name}: ${id} is in it twice`);
    seen.add(id);
  }
  return ids;
}
