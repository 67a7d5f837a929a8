import { expect, test } from "vitest";
import { parseArguments } from "../../src/cli/options.ts";
import { CONFIG_OPTIONS, checkResumable, configFrom, DATA_OPTIONS, defaultShown } from "../../src/cli/train_options.ts";
import { UsageError } from "../../src/errors.ts";
import { DEFAULTS, resolveConfig } from "../../src/train/config.ts";
import { checkData } from "../../src/train/data_config.ts";

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

test("another objective, encoder, optimiser or schedule drops the options of the base's", () => {
  const base = {
    objective: { name: "instdisc", mode: "nce" },
    encoder: { name: "resnet18", stem: "cifar" },
    optimiser: { name: "sgd", momentum: 0.8 },
    schedule: { kind: "step", unit: "epochs", rate: 0.5, milestones: [3], gamma: 0.1 },
  };
  const other = ["--objective", "invaspread", "--encoder", "convnet", "--optimiser", "adamw", "--schedule", "cosine"];
  expect(configFrom(parse(...other, "--dim", "8"), base)).toEqual({
    objective: { name: "invaspread" },
    encoder: { name: "convnet", dim: 8 },
    optimiser: { name: "adamw" },
    schedule: { kind: "cosine", unit: "epochs", rate: 0.5 },
  });
  const same = ["--objective", "instdisc", "--encoder", "resnet18", "--optimiser", "sgd", "--schedule", "step"];
  expect(configFrom(parse(...same), base)).toEqual(base);
});

test("the views of cmc: a colour split, or a list of names", () => {
  const objective = (...args: string[]) => configFrom(parse("--objective", "cmc", ...args), {}).objective;
  expect(objective("--views", "lab")).toEqual({ name: "cmc", views: "lab" });
  expect(objective("--views", "image,depth", "--graph", "core", "--encoders", "shared", "--reduction", "mean")).toEqual({
    ...{ name: "cmc", views: ["image", "depth"] },
    ...{ graph: "core", encoders: "shared", reduction: "mean" },
  });
  expect(() => parse("--graph", "star")).toThrow(/core, full/);
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
    /expected one of mnist, cifar10, cifar100, stl10, stl10-unlabeled, images, npy, emoji, nyu, scenes, sound, librispeech, asterisk, text, sotu, spam, got "minst"/,
  );
});

test("options of one data set go with it, and another one does not inherit them", () => {
  const emoji = configFrom(parse("--data", "emoji", "--vendors", "noto,openmoji", "--image-size", "24", "--labels", "group"), {});
  expect(emoji.data).toEqual({ name: "emoji", folder: null, vendors: ["noto", "openmoji"], size: [24, 24], labels: "group" });
  expect(resolveConfig(emoji).data).toEqual({ ...emoji.data, limit: null, test: null, classes: null });
  expect(configFrom(parse("--data", "emoji", "--limit", "9"), emoji).data, "the same one keeps them").toEqual({ ...emoji.data, limit: 9 });
  expect(configFrom(parse("--data", "mnist"), emoji).data).toEqual({ name: "mnist", folder: null });
  expect(() => resolveConfig({ data: { name: "mnist", size: [24, 24] } })).toThrow(/data mnist: unknown option "size"/);
});

test("options of sound", () => {
  const given = ["--labels", "{speaker}/*", "--sample-rate", "8000", "--mix", "--minimum", "0.5", "--hold-out-by", "speaker"];
  const sound = configFrom(parse("--data", "sound", "--data-dir", "clips", ...given, "--train-list", "a.txt", "--test-list", "b.txt"), {});
  expect(sound.data).toEqual({
    ...{ name: "sound", folder: "clips", labels: "{speaker}/*", sampleRate: 8000, mix: true, minimum: 0.5, holdOutBy: "speaker" },
    ...{ trainList: "a.txt", testList: "b.txt" },
  });
  expect(() => checkData({ name: "asterisk", folder: null, limit: null, test: null, mix: true })).toThrow(
    'data asterisk: unknown option "mix"',
  );
  expect(() => checkData({ name: "sound", folder: null, limit: null, test: null, classes: [1] })).toThrow(/data\.classes: data sound/);
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

test("--image-size is a height and a width; another data set does not take over how images are read", () => {
  const images = configFrom(parse("--data", "images", "--data-dir", "d", "--image-size", "32", "--skip-bad", "--limit", "9"), {});
  expect(images.data).toEqual({ name: "images", folder: "d", size: [32, 32], skipBad: true, limit: 9 });
  expect(configFrom(parse("--image-size", "32x48"), images).data).toEqual({ ...images.data, size: [32, 48] });
  expect(configFrom(parse("--data", "images"), { data: { size: [8, 8] } }).data, "a config file without a name").toMatchObject({
    size: [8, 8],
  });
  expect(configFrom(parse("--data", "mnist"), images).data).toEqual({ name: "mnist", folder: null, limit: 9 });
  for (const bad of ["x", "32x", "32x48x3", "-3", "3.5"]) {
    expect(() => configFrom(parse(`--image-size=${bad}`), {}), bad).toThrow(/--image-size: expected N or HxW/);
  }
  expect(resolveConfig(images).data).toEqual({ ...DEFAULTS.data, ...images.data });
});

test("frames of NYU become patches", () => {
  const nyu = configFrom(
    parse("--data", "nyu", "--data-dir", "x.mat", "--image-size", "48x64", "--patch", "16", "--patch-stride", "8"),
    {},
  );
  const own = { size: [48, 64], patches: { size: 16, stride: 8 } };
  expect(resolveConfig(nyu).data).toMatchObject({ name: "nyu", folder: "x.mat", limit: null, ...own });
});

test("--data-dir says where the files of --data are", () => {
  const config = configFrom(parse("--data", "cifar10", "--data-dir", "c.tar.gz"), {});
  expect(config.data).toEqual({ name: "cifar10", folder: "c.tar.gz" });
  expect(configFrom(parse("--data", "cifar10"), config).data, "the run's own folder stays").toEqual(config.data);
  expect(() => configFrom(parse("--data", "./a", "--data-dir", "b"), {})).toThrow(/exclude each other/);
});
