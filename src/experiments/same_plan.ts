import { UsageError } from "../errors.ts";

/**
 * Results that came to be otherwise are neither mixed with new ones nor thrown away.
 * @param where the file, for the error   @param there the plan of the results in it   @param here the plan asked for; both plain data
 * @throws UsageError naming the first field in which they differ
 */
export function checkSame(where: string, there: object, here: object): void {
  const difference = differing(there, here, "");
  if (!difference) return;
  const [path, old, own] = difference;
  throw new UsageError(
    `${where}: ${path} is ${JSON.stringify(old)} in the results there, ${JSON.stringify(own)} here: name another folder ` +
      "with --out, or give the options of those results again to go on",
  );
}

function differing(a: unknown, b: unknown, path: string): readonly [string, unknown, unknown] | undefined {
  if (!isTree(a) || !isTree(b)) return JSON.stringify(a ?? null) === JSON.stringify(b ?? null) ? undefined : [path, a, b];
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = differing(a[key], b[key], path === "" ? key : `${path}.${key}`);
    if (found) return found;
  }
  return undefined;
}

type Tree = { readonly [name: string]: unknown };

export const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);
