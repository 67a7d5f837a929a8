import type { KernelSpec } from "../../src/gpu/kernel.ts";
import { emit, exportName } from "./emit.ts";
import { inspect } from "./inspect.ts";
import { type Files, isKernel, LIBRARY, Problems, resolve, stripComments } from "./source.ts";

/** Checks every kernel among `files` and makes the generated files, by path. `problems` is empty exactly when `made` can be used. */
export function generate(files: Files): { readonly made: ReadonlyMap<string, string>; readonly problems: readonly string[] } {
  const problems = new Problems();
  const kernels: KernelSpec[] = [];
  const owners = new Map<string, string>();
  for (const file of Object.keys(files).filter(isKernel).sort()) {
    checkName(file, owners, problems);
    const kernel = inspect(resolve(file, files, problems), problems);
    if (kernel !== undefined) kernels.push({ ...kernel, code: compact(kernel.code) });
  }
  return { made: emit(kernels, libraries(files)), problems: problems.lines() };
}

/** Text of each library as it stands in the kernels that import it, by stem. */
function libraries(files: Files): ReadonlyMap<string, string> {
  const paths = Object.keys(files).filter((path) => path.startsWith(LIBRARY));
  return new Map(paths.map((path) => [path.slice(LIBRARY.length, -".wgsl".length), compact(stripComments(files[path] ?? "").trimEnd())]));
}

/**
 * Drops indentation and the spaces around punctuation that cannot join two tokens into another (& and - could): over a kilobyte of the core's 60,
 * gzipped. Line numbers stay those of the file; a compiler's column is that of the compact line.
 */
const compact = (code: string): string => code.replace(/^[ \t]+/gm, "").replace(/ *([,;:{}()=+*/%<>|^]) */g, "$1");

/** Stems are snake_case and unique over all folders, since each becomes an exported constant. */
function checkName(file: string, owners: Map<string, string>, problems: Problems): void {
  const stem = file.replace(/^.*\/|\.wgsl$/g, "");
  const place = { file, line: 1 };
  const name = exportName(stem);
  const owner = owners.get(name);
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(stem)) problems.report(place, `the file name must be snake_case, found "${stem}"`);
  else if (!isIdentifier(name)) problems.report(place, `"${name}" is a reserved word and cannot name the exported constant`);
  if (owner === undefined) owners.set(name, file);
  else problems.report(place, `"${name}" is already the name of ${owner}`);
}

const RESERVED =
  "await break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof let new null return static super switch this throw true try typeof var void while with yield";
const isIdentifier = (name: string): boolean => !RESERVED.split(" ").includes(name);
