import { quote } from "./fault.ts";

/** What a header may hold. Objects become Maps, so no key can reach a prototype. */
export type HeaderValue = string | number | HeaderValue[] | Map<string, HeaderValue>;

/** Makes the error for a fault at character `index` of the text. */
export type HeaderFault = (index: number, expected: string, found: string) => Error;

const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype"]);
const SPACE = /[ \t\n\r]*/y;
const INTEGER = /(?:0|[1-9][0-9]*)(?![0-9.eE+-])/y;

/** Whether a name can be written and read back: no lone surrogate, no name that plain objects give a meaning to. */
export function isSafeKey(key: string): boolean {
  return !FORBIDDEN_KEYS.has(key) && !/\p{Surrogate}/u.test(key);
}

/**
 * Reads the subset of JSON (RFC 8259) that a safetensors header uses: objects, arrays, strings, unsigned integers below 2^53.
 * Stricter than `JSON.parse`: a duplicate key, a forbidden key (`__proto__`, `constructor`, `prototype`), a lone surrogate, a
 * fraction, an exponent, a literal and nesting deeper than `maxDepth` are errors.
 * @throws whatever `fault` makes
 */
export function parseHeaderJson(text: string, fault: HeaderFault, maxDepth = 3): HeaderValue {
  let i = 0;

  /** Consumes `pattern` (a sticky expression) at the cursor. */
  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = i;
    const found = pattern.exec(text)?.[0];
    i += found?.length ?? 0;
    return found;
  }

  /** Skips white space and returns the next character ("" at the end). */
  function peek(): string {
    match(SPACE);
    return text.charAt(i);
  }

  function wrong(expected: string): Error {
    return fault(i, expected, i < text.length ? quote(text.slice(i, i + 12)) : "the end of the header");
  }

  function string(): string {
    const start = i;
    if (text.charAt(i) !== '"') throw wrong("a JSON string");
    // A scan, not a regular expression: those run out of stack on strings of megabytes.
    for (i++; i < text.length && text.charAt(i) !== '"'; i++) if (text.charAt(i) === "\\") i++;
    i++;
    const value = literalValue(text.slice(start, i));
    if (value === undefined) throw fault(start, "a closed JSON string with valid escapes", quote(text.slice(start, i)));
    if (/\p{Surrogate}/u.test(value)) throw fault(start, "well-formed Unicode", `a lone surrogate in ${quote(value)}`);
    return value;
  }

  function integer(): number {
    const start = i;
    const raw = match(INTEGER);
    if (raw === undefined) throw wrong("a string, an unsigned integer, an array or an object");
    const value = Number(raw);
    if (!Number.isSafeInteger(value)) throw fault(start, "an integer below 2^53", quote(raw));
    return value;
  }

  /** The entries of an array or object up to `close`; the opening bracket is at the cursor. */
  function entries(close: string, entry: () => void): void {
    i++;
    if (peek() !== close) {
      do entry();
      while (peek() === "," && ++i);
      if (peek() !== close) throw wrong(`"," or "${close}"`);
    }
    i++;
  }

  function value(depth: number): HeaderValue {
    const c = peek();
    if (c === '"') return string();
    if (c !== "{" && c !== "[") return integer();
    if (depth === maxDepth) throw fault(i, `at most ${maxDepth} levels of nesting`, "a deeper level");
    if (c === "[") {
      const list: HeaderValue[] = [];
      entries("]", () => list.push(value(depth + 1)));
      return list;
    }
    const map = new Map<string, HeaderValue>();
    entries("}", () => {
      peek();
      const start = i;
      const key = string();
      if (FORBIDDEN_KEYS.has(key)) throw fault(start, "a harmless key", quote(key));
      if (map.has(key)) throw fault(start, "every key once", `a second ${quote(key)}`);
      if (peek() !== ":") throw wrong('":"');
      i++;
      map.set(key, value(depth + 1));
    });
    return map;
  }

  const result = value(0);
  if (peek() !== "") throw wrong("only spaces after the header object");
  return result;
}

/** The value of a string literal, or undefined when it is not one. */
function literalValue(literal: string): string | undefined {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return undefined;
  }
}
