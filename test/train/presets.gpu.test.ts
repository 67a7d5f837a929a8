import { describe, expect, it } from "vitest";
import { imageDataset } from "../../src/data/images.ts";
import { multiViewDataset } from "../../src/data/multi_view.ts";
import { labelsOf, lazySound } from "../../src/data/sound.ts";
import { passageConfig } from "../../src/data/text/passages.ts";
import { textDataset } from "../../src/data/text/texts.ts";
import { windowConfig } from "../../src/data/windows.ts";
import { withVariants } from "../../src/gpu/variants.ts";
import { resolveConfig } from "../../src/train/config.ts";
import { costOf, type ImageSet } from "../../src/train/cost.ts";
import { PRESETS, presetOf } from "../../src/train/presets.ts";
import { openSession } from "../../src/train/run_session.ts";
import { Session } from "../../src/train/session.ts";
import { testGpu } from "../host.ts";

/** A few grey images of the preset's size, and its config with a small batch. */
function small(name: string, count = 6, batch = 4) {
  const { config, images } = presetOf(name);
  if (!("channels" in images)) throw new Error(`${name} is of sound`);
  const set: ImageSet = { ...images, count };
  const { channels, height, width } = images;
  const shape = { channels, height, width };
  const pixels = (fill: number) => new Uint8Array(count * channels * height * width).fill(fill);
  const viewOf = (view: string, v: number) => ({ name: view, ...shape, pixels: () => pixels(99 + v) });
  const of = (part: string) =>
    images.views
      ? multiViewDataset({ name: part, views: images.views.map(viewOf) })
      : imageDataset({ name: part, ...shape, pixels: pixels(99) });
  return { config: resolveConfig({ ...config, batch }), set, data: { train: of("train"), test: of("test") } };
}

/** What `costOf` records by, too: variants may take more launches. */
const general = async () => withVariants(await testGpu(), { offers: [], choices: {}, origin: "this test" });

describe("every preset", () => {
  const ofSound = PRESETS.filter(({ images }) => "windows" in images);
  it.each(ofSound.map(({ name }) => name))("%s is a run on sound that can be recorded, and costs what its launches say", async (name) => {
    const { config: given, images } = presetOf(name);
    const padded = "padded" in images && images.padded;
    const config = resolveConfig({ ...given, batch: 2 });
    const { samples } = windowConfig(config.view);
    const lengths = Uint32Array.from(padded ? [6 * samples, 3] : [6 * samples]);
    const labels = { speaker: labelsOf(Array.from(lengths, () => "one")) };
    const head = { name: "silence", rate: 8000, lengths, clipNames: Array.from(lengths, String), labels };
    const sound = lazySound(head, async (_, __, length) => new Float32Array(length));
    const session = await openSession(await general(), config, { train: sound, test: sound });
    const cost = await costOf(config, { windows: 6, padded });
    expect(cost.flopsPerStep).toBe(session.plan.launches.reduce((sum, { flops }) => sum + flops, 0));
    expect(cost.launches).toBe(session.plan.launches.length - 2); // the session also notes its losses, and the accuracies of all steps
    expect(cost.stepsPerEpoch).toBe(3);
    session.close();
  });

  const ofText = PRESETS.filter(({ images }) => "passages" in images);
  it.each(ofText.map(({ name }) => name))("%s is a run on text that can be recorded, and costs what its launches say", async (name) => {
    const { config: given } = presetOf(name);
    const config = resolveConfig({ ...given, batch: 2, view: { ...given.view, vocabulary: 2 } });
    const { sentences } = passageConfig(config.view);
    const text = textDataset({ name: "text", documents: [Array.from({ length: 6 * sentences }, () => "aa bb").join("\n\n")] });
    const session = await openSession(await general(), config, { train: text, test: text });
    const cost = await costOf(config, { passages: 6 });
    expect(cost.flopsPerStep).toBe(session.plan.launches.reduce((sum, { flops }) => sum + flops, 0));
    expect(cost.launches).toBe(session.plan.launches.length - 2); // notes, as of sound
    expect(cost.stepsPerEpoch).toBe(3);
    session.close();
  });

  const ofImages = PRESETS.filter(({ images }) => "count" in images);
  it.each(ofImages.map(({ name }) => name))("%s is a run that can be recorded, and costs what its launches say", async (name) => {
    const { config, set, data } = small(name);
    const session = await Session.create(await general(), config, data);
    const cost = await costOf(config, set);
    expect(cost.flopsPerStep).toBe(session.plan.launches.reduce((sum, { flops }) => sum + flops, 0));
    const notes = config.objective.name === "cpc" ? 2 : 1; // the session also notes its losses, and the accuracies of all steps ahead
    expect(cost.launches).toBe(session.plan.launches.length - notes);
    expect(cost.stepsPerEpoch).toBe(1);
    expect(cost.flops).toBe(config.epochs * cost.flopsPerStep);
    const { data: _, activations: __, results: ___, ...lasting } = session.plan.memory().bytes;
    expect(cost.memory.bytes).toMatchObject(lasting);
    session.close();
  });

  it("has a name and a place of its own, and says where it is from", () => {
    expect(new Set(PRESETS.map(({ name }) => name)).size).toBe(PRESETS.length);
    for (const { name, config, source, figure, protocol } of PRESETS) {
      expect(name).toBe(name.toLowerCase());
      expect(name.startsWith(`${config.objective?.name}-`)).toBe(true);
      for (const text of [source, protocol]) expect(text.length).toBeGreaterThan(20);
      expect(figure).toMatch(/^(?:kNN|Recall@[15]|speaker|voice|spam) \d\d\.\d %$/);
    }
    expect(() => presetOf("instdisc-cifar")).toThrow("expected one of instdisc-cifar10, instdisc-imagenet");
  });
});

describe("the papers' schedules", () => {
  const rates = async (name: string, epochs: readonly number[]) => {
    const { config, data } = small(name, 9, 3);
    const session = await Session.create(await testGpu(), config, data);
    session.close();
    return epochs.map((epoch) => Number((session.rate(3 * epoch) / session.rate(0)).toFixed(9)));
  };

  it("fall where they should", async () => {
    expect(await rates("instdisc-cifar10", [119, 120, 159, 160, 199])).toEqual([1, 0.1, 0.1, 0.01, 0.01]);
    expect(await rates("invaspread-cifar10", [119, 120, 159, 160, 199, 200, 300])).toEqual([1, 0.1, 0.1, 0.05, 0.05, 0.01, 0.01]);
  });
});

describe("the cost of the CIFAR-10 recipes (methods.md 5.15)", () => {
  it("is 0.56 GMAC an image forward, 3.3 GFLOP trained, 33 and 100 PFLOP in all", async () => {
    const { config, data } = small("instdisc-cifar10");
    const session = await Session.create(await general(), config, data); // one kernel a kind of work, by its name
    const forward = session.plan.launches.filter(({ kernel }) => kernel.name === "conv2d").reduce((sum, { flops }) => sum + flops, 0);
    session.close();
    expect(forward / 2 / 4 / 1e9).toBeCloseTo(0.56, 2);
    const cost = async (name: string) => costOf(resolveConfig(presetOf(name).config), presetOf(name).images);
    const [instdisc, invaspread] = [await cost("instdisc-cifar10"), await cost("invaspread-cifar10")];
    expect(instdisc.flopsPerImage / 1e9 / 3.33).toBeCloseTo(1, 1);
    expect(invaspread.flopsPerImage / instdisc.flopsPerImage).toBeCloseTo(2, 1);
    expect(Math.abs(instdisc.flops / 33e15 - 1)).toBeLessThan(0.03);
    expect(Math.abs(invaspread.flops / 100e15 - 1)).toBeLessThan(0.03);
  });

  it("in parts of a batch, has the same work and less memory", async () => {
    const { config, images } = presetOf("instdisc-cifar10");
    const [whole, parts] = [await costOf(resolveConfig(config), images), await costOf(resolveConfig({ ...config, accumulate: 8 }), images)];
    expect(parts.flopsPerStep / whole.flopsPerStep).toBeCloseTo(1, 2);
    expect(parts.memory.bytes.activations! / whole.memory.bytes.activations!).toBeLessThan(0.2);
    await expect(costOf(resolveConfig(config), { ...images, count: 100 })).rejects.toThrow("a batch of at most 100");
  });
});
