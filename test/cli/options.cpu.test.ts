import { describe, expect, test } from "vitest";
import { type Option, parseArguments } from "../../src/cli/options.ts";
import { slips, suggest } from "../../src/cli/suggest.ts";
import { UsageError } from "../../src/errors.ts";

const group = "Some";
const OPTIONS: readonly Option[] = [
  { name: "epochs", type: "integer", value: "E", group, help: "" },
  { name: "evaluate-every", type: "integer", group, help: "" },
  { name: "rate", type: "number", group, help: "" },
  { name: "blocks", type: "integers", group, help: "" },
  { name: "out", type: "text", group, help: "" },
  { name: "mode", type: "text", choices: ["nce", "softmax"], group, help: "" },
  { name: "normalizer", type: "textOrNumber", choices: ["average"], group, help: "" },
  { name: "json", type: "flag", short: "j", group, help: "" },
];
const parse = (...args: string[]) => parseArguments(args, OPTIONS);

test("every type of value, both ways to write it, and positionals anywhere", () => {
  const { values, positionals } = parse("a", "--epochs", "3", "--rate=-1e-3", "--blocks", "16,32", "-j", "b", "--mode=nce", "--", "--c");
  expect(Object.fromEntries(values)).toEqual({ epochs: 3, rate: -0.001, blocks: [16, 32], json: true, mode: "nce" });
  expect(positionals).toEqual(["a", "b", "--c"]);
});

test("the last one of two counts; a negative number is a value; a word or a number where both are allowed", () => {
  expect(parse("--epochs", "10", "--epochs", "2").values.get("epochs")).toBe(2);
  expect(parse("--rate", "-0.5").values.get("rate")).toBe(-0.5);
  expect(parse("--normalizer", "average").values.get("normalizer")).toBe("average");
  expect(parse("--normalizer", "2.5").values.get("normalizer")).toBe(2.5);
});

test.each([
  [["--epoch", "3"], "unknown option --epoch; did you mean --epochs?"],
  [["--epohcs=3"], "unknown option --epohcs; did you mean --epochs?"],
  [["--eval"], "unknown option --eval; did you mean --evaluate-every?"],
  [["--zebra"], "unknown option --zebra"],
  [["-x"], "unknown option -x"],
  [["--epochs"], "--epochs expects a value: --epochs E"],
  [["--epochs", "--json"], "--epochs expects a value: --epochs E"],
  [["--out="], "--out expects a value: --out VALUE"],
  [["--epochs", "3.5"], '--epochs: expected a whole number, got "3.5"'],
  [["--epochs", "0x10"], '--epochs: expected a whole number, got "0x10"'],
  [["--epochs", "1e300"], '--epochs: expected a whole number, got "1e300"'],
  [["--rate", "fast"], '--rate: expected a number, got "fast"'],
  [["--rate", "Infinity"], '--rate: expected a number, got "Infinity"'],
  [["--blocks", "16,,32"], '--blocks: expected whole numbers separated by commas, got "16,,32"'],
  [["--mode", "sofmax"], '--mode: expected nce, softmax, got "sofmax"; did you mean softmax?'],
  [["--normalizer", "avg"], '--normalizer: expected average, or a number, got "avg"'],
  [["--json=yes"], '--json takes no value, got "yes"'],
])("%j is refused in words", (args, message) => {
  expect(() => parse(...args)).toThrow(new UsageError(message));
});

describe("the nearest name", () => {
  test.each([
    ["", "", 0],
    ["abc", "", 3],
    ["kitten", "sitting", 3],
    ["ab", "ba", 1],
    ["epohcs", "epochs", 1],
  ])("slips(%s, %s) = %i", (a, b, expected) => {
    expect(slips(a, b)).toBe(expected);
    expect(slips(b, a)).toBe(expected);
  });

  test("is found for slips and beginnings, not for another word or an ambiguous beginning", () => {
    const names = ["evaluate", "verify", "info", "train", "trainer"];
    expect(suggest("verfiy", names)).toBe("verify");
    expect(suggest("EVALUATE", names)).toBe("evaluate");
    expect(suggest("eval", names)).toBe("evaluate");
    expect(suggest("tra", names)).toBeUndefined();
    expect(suggest("banana", names)).toBeUndefined();
  });
});
