/** Files by path from the repository root. The generator sees nothing else, so that tests can hand it strings. */
export interface Files {
  readonly [path: string]: string;
}

/** What is wrong with the shaders, each with its place. All of it is collected before anything is reported. */
export class Problems {
  private readonly found: { readonly file: string; readonly line: number; readonly message: string }[] = [];

  report(place: Place, message: string): void {
    if (!this.found.some((f) => f.file === place.file && f.line === place.line && f.message === message))
      this.found.push({ ...place, message });
  }

  /** `shaders/x/y.wgsl:12: message`, in order of file and line. */
  lines(): string[] {
    const order = [...this.found].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
    return order.map((f) => `${f.file}:${f.line}: ${f.message}`);
  }
}

/** A line of a file, counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** A kernel file with its library appended. */
export interface Source {
  readonly file: string;
  /** As written, for the header. */
  readonly text: string;
  /** Comments blanked, libraries appended, lines as in the file. */
  readonly code: string;
  /** File and line that a line of `code` (counted from 1) came from. */
  place(line: number): Place;
}

export const LIBRARY = "shaders/lib/";

export const isKernel = (path: string): boolean => path.startsWith("shaders/") && path.endsWith(".wgsl") && !path.startsWith(LIBRARY);

/** Appends the imported libraries (and theirs, each once) after the kernel: module scope is order-free, and line numbers of the kernel stay. */
export function resolve(file: string, files: Files, problems: Problems): Source {
  const chunks: { readonly file: string; readonly start: number }[] = [];
  const lines: string[] = [];
  const queue = [file];
  for (const next of queue) {
    const text = files[next] ?? "";
    chunks.push({ file: next, start: lines.length });
    lines.push(...stripComments(text).trimEnd().split("\n"));
    for (const path of imports(next, text, files, problems)) if (!queue.includes(path)) queue.push(path);
  }
  const place = (line: number): Place => {
    const chunk = chunks.findLast((c) => c.start < line) ?? { file, start: 0 };
    return { file: chunk.file, line: line - chunk.start };
  };
  return { file, text: files[file] ?? "", code: `${lines.join("\n")}\n`, place };
}

/** `//#import random`, alone on its line; a remark in parentheses may follow. */
function imports(file: string, text: string, files: Files, problems: Problems): string[] {
  const paths: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (!/^\s*\/\/\s*#/.test(line)) continue;
    const name = /^\/\/#import ([a-z][a-z0-9_]*)(?:\s+\(.*\))?\s*$/.exec(line)?.[1];
    const path = `${LIBRARY}${name}.wgsl`;
    const place = { file, line: index + 1 };
    if (name === undefined) problems.report(place, `expected "//#import name", found "${line.trim()}"`);
    else if (files[path] === undefined) problems.report(place, `there is no ${path} to import`);
    else paths.push(path);
  }
  return paths;
}

/** Removes `//` and (nested) block comments and trailing blanks. Lines stay where they are, and columns before a comment too. */
export function stripComments(text: string): string {
  let out = "";
  let depth = 0;
  for (let i = 0; i < text.length; ) {
    const two = text.slice(i, i + 2);
    if (depth === 0 && two === "//") {
      const end = text.indexOf("\n", i);
      i = end < 0 ? text.length : end;
    } else if (two === "/*" || (depth > 0 && two === "*/")) {
      depth += two === "/*" ? 1 : -1;
      out += "  ";
      i += 2;
    } else {
      out += depth > 0 && text[i] !== "\n" ? " " : text[i];
      i++;
    }
  }
  return out.replace(/[ \t\r]+$/gm, "");
}
