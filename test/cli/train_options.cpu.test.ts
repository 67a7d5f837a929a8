import { expect, test } from "vitest";
import { parseArguments } from "../../src/cli/options.ts";
import { CONFIG_OPTIONS, checkResumable, configFrom, DATA_OPTIONS, defaultShown } from "../../src/cli/train_options.ts";
import { UsageError } from "../../src/errors.ts";
import { DEFAULTS, resolveConfig } from "../../src/train/config.ts";

const OPTIONS = [...DATA_OPTIONS, ...CONFIG_OPTIONS];
const parse = (...args: string[]) => parseArguments(args, OPTIONS);

test("options land in the config, beside what the base says", () => {
  const args = parse("--limit", "256", "--rate", "0.1", "--blocks", "8,16", "--mode", "nce", "--normalizer", "3.5", "--keep-positive");
  const config = configFrom(args, { epochs: 7, schedule: { kind: "cosine" } });
  expect(config).toEqual({
    epochs: 7,
    schedule: { kind: "cosine", rate: 0.1 },
    data: { limit: 256 },
    encoder: { blocks: [8, 16] },
    objective: { mode: "nce", normalizer: { kind: "given", value: 3.5 }, keepPositive: true },
  });
  expect(resolveConfig(config).data).toEqual({ ...DEFAULTS.data, limit: 256 });
});

test("the base is not changed", () => {
  const base = { data: { name: "mnist" } };
  configFrom(parse("--limit", "3"), base);
  expect(base).toEqual({ data: { name: "mnist" } });
});

test("--data takes a name or a folder", () => {
  expect(configFrom(parse("--data", "mnist"), {}).data).toEqual({ name: "mnist", folder: null });
  expect(configFrom(parse("--data", "./files"), {}).data).toEqual({ name: "mnist", folder: "./files" });
  expect(configFrom(parse("--data", "test"), {}).data, "an existing folder").toEqual({ name: "mnist", folder: "test" });
  expect(() => resolveConfig(configFrom(parse("--data", "minst"), {}))).toThrow(
    /expected one of mnist, cifar10, cifar100, stl10, stl10-unlabeled, scenes, got "minst"/,
  );
});

test("a resumed run takes more epochs, but no other learning rate", () => {
  expect(() => checkResumable(parse("--epochs", "20", "--evaluate-every", "2", "--checkpoint-every", "5"))).not.toThrow();
  expect(() => checkResumable(parse("--epochs", "20", "--rate", "1"))).toThrow(UsageError);
  expect(() => checkResumable(parse("--limit", "20"))).toThrow(/--limit cannot change when a run is resumed/);
});

test("the defaults in the help are the config's", () => {
  const shown = Object.fromEntries(OPTIONS.map((option) => [option.name, defaultShown(option)]));
  expect(shown).toMatchObject({ epochs: String(DEFAULTS.epochs), rate: "0.03", blocks: "16,32,64", head: "standardised", test: "2000" });
  expect(shown["keep-positive"]).toBeUndefined();
});

test("option names are unique, and no two set one field", () => {
  const names = OPTIONS.map(({ name }) => name);
  const paths = OPTIONS.flatMap(({ path }) => (path === undefined ? [] : [path]));
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(paths).size).toBe(paths.length);
});

test("--data-dir says where the files of --data are", () => {
  const config = configFrom(parse("--data", "cifar10", "--data-dir", "c.tar.gz"), {});
  expect(config.data).toEqual({ name: "cifar10", folder: "c.tar.gz" });
  expect(configFrom(parse("--data", "cifar10"), config).data, "the run's own folder stays").toEqual(config.data);
  expect(() => configFrom(parse("--data", "./a", "--data-dir", "b"), {})).toThrow(/exclude each other/);
});
