import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { CPC_DEFAULTS, CPC_IMAGE_DEFAULTS, CPC_TEXT_DEFAULTS, DEFAULTS, resolveConfig, type TrainOptions } from "../../src/train/config.ts";

describe("resolveConfig", () => {
  it("cuts a batch into equal parts only", () => {
    expect(resolveConfig({ batch: 12, accumulate: 3 }).accumulate).toBe(3);
    expect(() => resolveConfig({ batch: 12, accumulate: 5 })).toThrow("accumulate: expected a divisor of the batch of 12, got 5");
    expect(() => resolveConfig({ accumulate: 0 })).toThrow("accumulate: expected an integer of 1 or more");
  });

  it("fills in what is left out", () => {
    expect(resolveConfig({})).toEqual(DEFAULTS);
    expect(resolveConfig({ encoder: { dim: 32 }, epochs: 3 })).toEqual({
      ...DEFAULTS,
      encoder: { ...DEFAULTS.encoder, dim: 32 },
      epochs: 3,
    });
  });

  it("gives another encoder its own options, not the default encoder's", () => {
    expect(resolveConfig({ encoder: { name: "resnet18", base: 8 } }).encoder).toEqual({ name: "resnet18", base: 8 });
  });

  it("gives another optimiser its own options, not the default optimiser's", () => {
    expect(resolveConfig({ optimiser: { weightDecay: 0 } }).optimiser).toEqual({ ...DEFAULTS.optimiser, weightDecay: 0 });
    expect(resolveConfig({ optimiser: { name: "adamw", beta1: 0.8 } }).optimiser).toEqual({ name: "adamw", beta1: 0.8 });
  });

  it("uses all held-out images of emoji, which are few, unless told otherwise", () => {
    expect(resolveConfig({ data: { name: "emoji" } }).data).toEqual({ ...DEFAULTS.data, name: "emoji", test: null });
    expect(resolveConfig({ data: { name: "emoji", test: 5 } }).data.test).toBe(5);
  });

  it("starts from sound where cpc is named, and gives back that result, too", () => {
    expect(resolveConfig({ objective: { name: "cpc" } })).toEqual(CPC_DEFAULTS);
    expect(resolveConfig(JSON.parse(JSON.stringify(CPC_DEFAULTS)))).toEqual(CPC_DEFAULTS);
    const { encoder, view } = resolveConfig({ objective: { name: "cpc" }, encoder: { width: 8 }, view: { samples: 1600 } });
    expect([encoder, view]).toEqual([
      { ...CPC_DEFAULTS.encoder, width: 8 },
      { ...CPC_DEFAULTS.view, samples: 1600 },
    ]);
  });

  it("starts from patches where cpc is named with data of images", () => {
    const options: TrainOptions = { objective: { name: "cpc" }, data: { name: "mnist" }, encoder: { units: 8 } };
    const made = resolveConfig(options);
    expect(made).toEqual({ ...CPC_IMAGE_DEFAULTS, encoder: { ...CPC_IMAGE_DEFAULTS.encoder, units: 8 } });
    expect(resolveConfig(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });

  it("starts from passages where cpc is named with data of text", () => {
    const made = resolveConfig({ objective: { name: "cpc" }, data: { name: "sotu" }, view: { sentences: 8 } });
    expect(made).toEqual({
      ...CPC_TEXT_DEFAULTS,
      data: { ...CPC_TEXT_DEFAULTS.data, name: "sotu" },
      view: { ...CPC_TEXT_DEFAULTS.view, sentences: 8 },
    });
    expect(resolveConfig(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });

  it("gives back its own result", () =>
    expect(resolveConfig(JSON.parse(JSON.stringify(resolveConfig({ seed: 7 }))))).toEqual({ ...DEFAULTS, seed: 7 }));

  it.each<[object, RegExp]>([
    [{ epoch: 3 }, /unknown option "epoch": expected .*epochs/],
    [{ epochs: 0 }, /epochs: expected an integer of 1 or more, got 0/],
    [{ batch: 2.5 }, /batch: expected an integer/],
    [{ seed: -1 }, /seed/],
    [{ seed: "1" }, /seed: expected an integer .* got "1"/],
    [{ objective: { name: "moco" } }, /objective: expected one of instdisc, invaspread, cmc, cpc, got "moco"/],
    [{ data: { name: "mnist", limt: 3 } }, /data mnist: unknown option "limt"/],
    [{ data: { name: "mnist", limit: 0 } }, /data.limit/],
    [{ evaluate: { k: 201 } }, /evaluate.k: .*at most 200/],
    [{ evaluate: { temperature: 0 } }, /evaluate.temperature: .*above 0/],
    [{ encoder: { name: "resnet50" } }, /encoder: expected one of convnet, resnet18, audio, patchnet, text, got "resnet50"/],
    [{ optimiser: { name: "adagrad" } }, /optimiser: expected one of sgd, adam, adamw.*, got "adagrad"/],
    [
      { data: { name: "asterisk" } },
      /objective instdisc: data asterisk are sound: expected objective cpc, encoder audio and a view of kind window/,
    ],
    [
      { objective: { name: "cpc" }, data: { name: "mnist" }, encoder: { name: "convnet" } },
      /encoder convnet: data mnist are images, learned by cpc: expected encoder patchnet/,
    ],
    [
      { encoder: { name: "patchnet" } },
      /encoder patchnet: data mnist are images, learned by instdisc: expected encoder convnet or resnet18/,
    ],
    [{ encoder: { name: "audio" } }, /encoder audio: data mnist are images/],
    [{ data: { name: "spam" } }, /objective instdisc: data spam are text: expected objective cpc, encoder text and a view of kind passage/],
    [{ objective: { name: "cpc" }, data: { name: "text", classes: [1] } }, /data.classes: data text has labels of several kinds/],
    [{ view: { kind: "passage" } }, /view passage: data mnist are images/],
    [{ view: { kind: "window" } }, /view window: data mnist are images/],
    [{ objective: { name: "cpc" }, encoder: { name: "convnet" } }, /encoder convnet: data asterisk are sound/],
    [{ objective: { name: "cpc" }, view: { kind: "crop" } }, /view crop: data asterisk are sound/],
    [{ encoder: 3 }, /encoder: expected an object, got 3/],
    [{ checkpointEvery: 0 }, /checkpointEvery/],
  ])("refuses %o", (options, message) => {
    expect(() => resolveConfig(options as TrainOptions)).toThrow(UsageError);
    expect(() => resolveConfig(options as TrainOptions)).toThrow(message);
  });
});

it("the default view spells out its ranges, and another kind of view does not take them over", () => {
  const ranges = { rotation: 0.2, scale: 0.2, shear: 0.3, shift: 0.05 };
  expect(resolveConfig({}).view).toEqual({ kind: "affine", ...ranges });
  expect(resolveConfig({ view: { shift: 0 } }).view).toEqual({ kind: "affine", ...ranges, shift: 0 });
  expect(resolveConfig({ view: { kind: "crop" } }).view).toEqual({ kind: "crop" });
});
