import { FormatError } from "../errors.ts";
import { readWhole, type Source } from "./source.ts";

/**
 * Class names from a text file, one a line; the classes' numbers when there is no such file.
 * @throws FormatError when the file names another number of classes
 */
export async function classNames(source: Source, path: string, count: number): Promise<string[]> {
  if (!(await source.list()).includes(path)) return Array.from({ length: count }, (_, i) => String(i));
  const { name, bytes } = await readWhole(source, path);
  const names = new TextDecoder().decode(bytes).split(/\r?\n/).filter(Boolean);
  if (names.length !== count) throw new FormatError(`${name}: expected ${count} class names, found ${names.length}`);
  return names;
}
