import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "../src/errors.ts";
import { type BenchCase, type Form, SIZE_SETS, type SizeSet, VARIANTS, type Variant } from "./contract.ts";
import { casesLike, one } from "./entries.ts";

export interface BenchOptions {
  readonly only: readonly BenchCase[];
  readonly sizes: readonly SizeSet[];
  readonly variants: readonly Variant[];
  readonly forms: readonly Form[];
  readonly json: string | undefined;
  readonly html: string | undefined;
  readonly adapter: "auto" | "gpu" | "software";
  readonly host: "chrome" | "node";
  readonly linear: boolean;
  /** For the timed rounds of one case. */
  readonly seconds: number;
}

export const USAGE = `npm run bench -- [options]

  --only NAMES      cases, separated by commas; nce, matmul-*, ...    default all
  --sizes SETS      ${SIZE_SETS.join(", ")}, or all    default issue
  --variants NAMES  ${VARIANTS.join(", ")}    default all
  --forms FORMS     best, natural, or all                             default all
  --json FILE       the figures, written again after each case
  --html FILE       the report: one file, bars and roofline           default FILE.html with --json FILE
  --adapter WHICH   auto, gpu or software                             default auto: a GPU when there is one
  --host WHERE      chrome, or node: nearfar alone, on Dawn           default chrome
  --linear          cost against each length instead of the sizes
  --seconds N       for the timed rounds of a case, at least three    default 8
  --list            the cases and their sizes
`;

const FLAGS = ["linear", "list", "help"];
const NAMES = ["only", "sizes", "variants", "forms", "json", "html", "adapter", "host", "seconds"];

/** Takes a command line apart: `--name value`, `--name=value`, and flags. @throws UsageError on an unknown option or a missing value */
export function parseOptions(args: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const [name = "", given] = (args[i] ?? "").replace(/^--/, "").split(/=(.*)/s);
    if (FLAGS.includes(name)) values.set(name, "");
    else if (NAMES.includes(name)) {
      const value = given ?? args[++i];
      if (value === undefined) throw new UsageError(`--${name} expects a value`);
      values.set(name, value);
    } else throw new UsageError(`unknown option ${args[i]}`);
  }
  return values;
}

/** @throws UsageError naming what is unknown */
export function benchOptions(values: ReadonlyMap<string, string>): BenchOptions {
  const choice = <T extends string>(name: string, all: readonly T[], fallback: T): T => one(name, values.get(name) ?? fallback, all);
  const list = (name: string, fallback: string) => (values.get(name) ?? fallback).split(",").map((part) => part.trim());
  const several = <T extends string>(name: string, all: readonly T[], fallback: string): readonly T[] =>
    list(name, fallback).flatMap((part) => (part === "all" ? all : [one(name, part, all)]));
  const json = values.get("json");
  for (const name of ["json", "html"]) {
    const file = values.get(name);
    // A bench takes minutes: better told now than at its first figure.
    if (file !== undefined && !existsSync(dirname(file))) throw new UsageError(`--${name} ${file}: there is no folder ${dirname(file)}`);
  }
  const seconds = Number(values.get("seconds") ?? 8);
  if (!(seconds >= 0)) throw new UsageError(`--seconds: expected a number of 0 or more, got ${JSON.stringify(values.get("seconds"))}`);
  return {
    only: list("only", "*").flatMap(casesLike),
    sizes: several("sizes", SIZE_SETS, "issue"),
    variants: several("variants", VARIANTS, "all"),
    forms: several("forms", ["best", "natural"], "all"),
    json,
    html: values.get("html") ?? json?.replace(/(\.json)?$/, ".html"),
    adapter: choice("adapter", ["auto", "gpu", "software"], "auto"),
    host: choice("host", ["chrome", "node"], "chrome"),
    linear: values.has("linear"),
    seconds,
  };
}
