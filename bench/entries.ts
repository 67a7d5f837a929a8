import { UsageError } from "../src/errors.ts";
import { CASES } from "./cases/index.ts";
import type { BenchCase, Form, Size, SizeSet } from "./contract.ts";

/** What to run, as options or the page's controls say it. */
export interface Work {
  readonly only: readonly BenchCase[];
  readonly sizes: readonly SizeSet[];
  readonly forms: readonly Form[];
  readonly linear: boolean;
}

/** A case at a size, in the order of the run. */
export interface Entry {
  readonly bench: BenchCase;
  readonly size: Size;
  readonly forms: readonly Form[];
  /** The length that changes, where this is a point of a line. */
  readonly axis?: string;
}

/** One of the choices. @throws UsageError with the name that was given, and the choices */
export function one<T extends string>(name: string, value: string, all: readonly T[]): T {
  const found = all.find((choice) => choice === value);
  if (found === undefined) throw new UsageError(`--${name}: expected ${all.join(", ")}, got ${JSON.stringify(value)}`);
  return found;
}

/** Cases by name, `*` standing for any letters. @throws UsageError */
export function casesLike(pattern: string): BenchCase[] {
  const parts = pattern.split("*").map((part) => part.replace(/[^\w-]/g, "\\$&"));
  const found = CASES.filter(({ name }) => new RegExp(`^${parts.join(".*")}$`).test(name));
  if (found.length > 0) return found;
  throw new UsageError(`--only: no case ${JSON.stringify(pattern)}: expected ${CASES.map(({ name }) => name).join(", ")}`);
}

/** Forms that run at a size: the natural ones only where they are asked about, as they can take minutes elsewhere. */
const FORMS: Readonly<Record<SizeSet, readonly Form[]>> = {
  issue: ["best", "natural"],
  small: ["best", "natural"],
  paper: ["best"],
  imagenet: ["best"],
  ragged: ["best", "natural"],
};

/** What to run: every case at every size of the sets, or along its lines. */
export function entries({ only, sizes, forms, linear }: Work): Entry[] {
  return only.flatMap((bench): Entry[] =>
    linear
      ? lines(bench)
      : bench.sizes
          .filter(({ set }) => sizes.includes(set))
          .map(({ set, size }) => ({ bench, size, forms: FORMS[set].filter((form) => forms.includes(form)) })),
  );
}

function lines(bench: BenchCase): Entry[] {
  const { linear } = bench;
  if (!linear) return [];
  return Object.entries(linear.axes).flatMap(([axis, values]) =>
    values.map((value): Entry => ({ bench, axis, size: { ...linear.from, [axis]: value }, forms: ["best"] })),
  );
}
