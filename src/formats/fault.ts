import { FormatError } from "../errors.ts";

/**
 * The one shape of every format error: `<file>: <place>: expected <expected>, found <found>`.
 * @param file what the caller calls the bytes (a path, a URL)
 * @param place a byte offset, a field or a tensor name
 */
export function fault(file: string, place: string, expected: string, found: string | number, options?: ErrorOptions): FormatError {
  return new FormatError(`${file}: ${place}: expected ${expected}, found ${found}`, options);
}

/** Text from a file, made safe and short enough for one line of an error message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}

/**
 * The product of `shape`, or undefined when it cannot be a size: an entry that is negative or not an integer, or a product of
 * the non-zero entries at 2^53 or above (so that a hostile `[2^40, 2^40, 0]` is refused whatever the order of its entries).
 */
export function checkedElements(shape: readonly number[]): number | undefined {
  let product = 1;
  let empty = false;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) return undefined;
    if (size === 0) empty = true;
    else product *= size;
    if (product > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return empty ? 0 : product;
}
