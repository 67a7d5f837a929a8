import { UsageError } from "../errors.ts";
import { suggest } from "./suggest.ts";

/** What an option's text becomes: a number, a list of whole numbers ("16,32,64") or of any ("0.1,0.3"), text, or true. */
export type OptionType = "integer" | "number" | "integers" | "numbers" | "text" | "flag" | "textOrNumber";
export type OptionValue = number | readonly number[] | string | boolean;

/** One option of a command. The tables of options drive parsing, help and the config. */
export interface Option {
  /** Without dashes. */
  readonly name: string;
  readonly type: OptionType;
  /** Stands for the value in the help: `N`, `DIR`. Not for flags. */
  readonly value?: string;
  readonly help: string;
  /** Heading in the help. */
  readonly group: string;
  /** The only texts allowed. */
  readonly choices?: readonly string[];
  /** One letter. */
  readonly short?: string;
  /** Place in the training config that the option sets: "schedule.rate". */
  readonly path?: string;
  /** What the config's field gets for a value. Default: the value itself. */
  readonly config?: (value: OptionValue) => unknown;
  /** Default as the help shows it; options with a path show the config's. */
  readonly shown?: string;
}

/** A command line, taken apart and checked. */
export interface Arguments {
  readonly values: ReadonlyMap<string, OptionValue>;
  readonly positionals: readonly string[];
}

/**
 * Takes a command line apart: `--name value`, `--name=value`, `-x`, and `--` before positionals that begin with a dash.
 * Given twice, the last one counts (so that `npm start -- --epochs 2` wins over the script's own).
 * @throws UsageError on unknown options (naming the nearest one), missing values, and values of the wrong type
 */
export function parseArguments(args: readonly string[], options: readonly Option[]): Arguments {
  const values = new Map<string, OptionValue>();
  const positionals: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--") {
      positionals.push(...args.slice(i + 1));
      break;
    }
    if (!isOption(arg)) {
      positionals.push(arg);
      continue;
    }
    const equals = arg.indexOf("=");
    const typed = equals < 0 ? arg : arg.slice(0, equals);
    const option = findOption(typed, options);
    if (option.type === "flag") {
      if (equals >= 0) throw new UsageError(`${typed} takes no value, got ${JSON.stringify(arg.slice(equals + 1))}`);
      values.set(option.name, true);
      continue;
    }
    const text = equals < 0 ? args[++i] : arg.slice(equals + 1);
    if (text === undefined || text === "" || (equals < 0 && isOption(text))) {
      throw new UsageError(`--${option.name} expects a value: --${option.name} ${option.value ?? "VALUE"}`);
    }
    values.set(option.name, parseValue(option, text));
  }
  return { values, positionals };
}

/** "-1" is a value, "-" stands for a file in other programs: neither is an option. */
const isOption = (arg: string): boolean => /^-(?:-|[A-Za-z])/.test(arg);

function findOption(typed: string, options: readonly Option[]): Option {
  const found = typed.startsWith("--")
    ? options.find(({ name }) => `--${name}` === typed)
    : options.find(({ short }) => short !== undefined && `-${short}` === typed);
  if (found) return found;
  const near = suggest(
    typed.replace(/^-+/, ""),
    options.map(({ name }) => name),
  );
  throw new UsageError(`unknown option ${typed}${near === undefined ? "" : `; did you mean --${near}?`}`);
}

function parseValue(option: Option, text: string): OptionValue {
  const { name, type, choices } = option;
  if (type === "integers") return text.split(",").map((part) => parseNumber(name, part, "whole numbers separated by commas", true, text));
  if (type === "numbers") return text.split(",").map((part) => parseNumber(name, part, "numbers separated by commas", false, text));
  if (choices?.includes(text)) return text;
  if (type === "textOrNumber") return parseNumber(name, text, `${choices?.join(", ")}, or a number`, false, text);
  if (choices) {
    const near = suggest(text, choices);
    throw new UsageError(`--${name}: expected ${choices.join(", ")}, got ${JSON.stringify(text)}${near ? `; did you mean ${near}?` : ""}`);
  }
  if (type === "integer") return parseNumber(name, text, "a whole number", true, text);
  if (type === "number") return parseNumber(name, text, "a number", false, text);
  return text;
}

function parseNumber(name: string, text: string, expected: string, whole: boolean, all: string): number {
  const number = Number(text);
  // Number("") and Number(" ") are 0, Number("0x10") is 16: none of them is meant.
  const plain = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text);
  if (plain && Number.isFinite(number) && (!whole || Number.isSafeInteger(number))) return number;
  throw new UsageError(`--${name}: expected ${expected}, got ${JSON.stringify(all)}`);
}
