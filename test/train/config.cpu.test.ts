import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { DEFAULTS, resolveConfig, type TrainOptions } from "../../src/train/config.ts";

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
    [{ encoder: { name: "resnet50" } }, /encoder: expected one of convnet, resnet18, audio, got "resnet50"/],
    [{ optimiser: { name: "adagrad" } }, /optimiser: expected one of sgd, adam, adamw.*, got "adagrad"/],
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
