import { describe, expect, it } from "vitest";
import { FormatError, NonFiniteError, UsageError } from "../../src/errors.ts";
import { fromHalf } from "../../src/formats/half.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { withVariants } from "../../src/gpu/variants.ts";
import { CHECKPOINT } from "../../src/train/checkpoint.ts";
import { resolveConfig, type TrainOptions } from "../../src/train/config.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import { METRICS } from "../../src/train/log.ts";
import { MemoryFolder } from "../../src/train/memory_folder.ts";
import { Interrupted, type TrainHost, train } from "../../src/train/train.ts";
import { testGpu } from "../host.ts";
import { shapesData, tinyConfig } from "./shapes.ts";

const data = shapesData();

async function run(options: TrainOptions = {}, host: Partial<TrainHost> = {}, gpu?: Gpu) {
  const folder = (host.folder as MemoryFolder | undefined) ?? new MemoryFolder();
  const events: TrainEvent[] = [];
  const config = resolveConfig({ ...tinyConfig, ...options });
  const result = train(gpu ?? (await testGpu()), config, data, { ...host, folder, emit: (e) => events.push(e) });
  return { folder, events, result };
}

const modes: { name: string; [option: string]: unknown }[] = [
  { name: "instdisc", mode: "full-softmax" },
  { name: "instdisc", mode: "softmax", negatives: 20 },
  { name: "instdisc", mode: "nce", negatives: 20, start: "unit", proximal: 0.5 },
  { name: "instdisc", mode: "nce", negatives: 20, normalizer: { kind: "average" }, keepPositive: true },
  { name: "invaspread" },
  { name: "invaspread", gradient: "full", selfSimilarity: true, negativeWeight: 2 },
];

describe("train", () => {
  it.each(modes)("runs from start to done: %o", async (objective) => {
    const { events, result, folder } = await run({ objective });
    const { done, picture } = await result;
    expect(events.map((e) => e.event).filter((e) => e !== "step" && e !== "warning")).toEqual([
      "start",
      "evaluate",
      "evaluate",
      "checkpoint",
      "evaluate",
      "checkpoint",
      "done",
    ]);
    const losses = events.flatMap((e) => (e.event === "step" ? [e.loss] : []));
    expect(losses).toHaveLength(12);
    const alignments = events.flatMap((e) => (e.event === "evaluate" ? [e.alignment ?? Number.NaN] : []));
    expect(alignments).toHaveLength(3);
    for (const value of alignments) {
      expect(value).toBeGreaterThan(0);
      expect(value).toBeLessThan(4);
    }
    for (const loss of losses) expect(loss).toBeGreaterThan(0);
    expect(done.steps).toBe(12);
    expect(done.knn).toBeGreaterThanOrEqual(0);
    expect(done.baseline?.pixels).toBeGreaterThan(0.25);
    expect(picture?.map).toHaveLength(2 * data.test.length);
    expect(picture?.gallery).toHaveLength(4);
    const lines = new TextDecoder().decode(folder.files.get(METRICS)).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(events.map((e) => JSON.parse(JSON.stringify(e))));
  });

  it("trains a ResNet-18 of either stem", async () => {
    for (const stem of ["cifar", "imagenet"]) {
      const { result, folder } = await run({ encoder: { name: "resnet18", stem, base: 4, dim: 8 }, epochs: 1 });
      expect((await result).done.steps).toBe(6);
      const { tensors } = readSafetensors(folder.files.get(CHECKPOINT) ?? new Uint8Array());
      expect(tensors.get("encoder.layer2.0.downsample.0.weight")?.shape).toEqual([8, 4, 1, 1]);
    }
  });

  it.each<TrainOptions>([
    { objective: { name: "instdisc", mode: "nce", negatives: 20 } },
    { objective: { name: "invaspread" } },
    { optimiser: { name: "adamw" }, schedule: { kind: "cosine", rate: 0.001 } },
    { objective: { name: "instdisc", mode: "nce", negatives: 20, normalizer: { kind: "average" } }, accumulate: 4 },
    { objective: { name: "instdisc", mode: "softmax", negatives: 20, precision: "f16" } },
  ])("stopped in mid-epoch and resumed, ends with the bits of the uninterrupted run: %o", async (options) => {
    await resumesExactly(options);
  });

  const halves: TrainOptions = { encoder: { ...tinyConfig.encoder, activations: "f16" } };
  it("does so with activations in halves, in less memory, where the adapter has them; elsewhere refuses them by its name", async () => {
    const gpu = await testGpu();
    if (gpu.features.has("shader-f16")) {
      const start = await resumesExactly(halves);
      const whole = await run({ epochs: 1 });
      await whole.result;
      expect(activations(start)).toBeLessThan(activations(whole.events));
    } else await expect((await run(halves)).result).rejects.toThrow(`activations f16 need shader-f16, which ${gpu.name} does not offer`);
  });

  const activations = (events: readonly TrainEvent[]): number =>
    events.flatMap((e) => (e.event === "start" ? [e.memory.bytes.activations ?? 0] : []))[0] ?? 0;

  async function resumesExactly(options: TrainOptions): Promise<readonly TrainEvent[]> {
    const whole = await run(options);
    await whole.result;
    const stop = new AbortController();
    let steps = 0;
    const ready = () => {
      if (++steps === 9) stop.abort();
      return undefined;
    };
    const half = await run(options, { signal: stop.signal, ready });
    await expect(half.result).rejects.toThrow(Interrupted);
    expect(half.folder.files.get(CHECKPOINT)).toBeDefined();
    const rest = await run(options, { folder: half.folder, resume: true });
    await rest.result;
    expect(rest.events.filter((e) => e.event === "step")).toHaveLength(4);
    expect(half.folder.files.get(CHECKPOINT)).toEqual(whole.folder.files.get(CHECKPOINT));
    const steps12 = (folder: MemoryFolder) =>
      new TextDecoder()
        .decode(folder.files.get(METRICS))
        .trim()
        .split("\n")
        .map((l) => JSON.parse(l))
        .flatMap((e) => (e.event === "step" ? [e.loss] : []));
    expect(steps12(half.folder)).toEqual(steps12(whole.folder));
    return whole.events;
  }

  it("resumed, goes on with the variants of kernels it began with, whatever was measured since", async () => {
    const gpu = await testGpu();
    const { offers } = gpu.variants;
    const under = (variant: string): Gpu => {
      const shapes = ["nn", "nt", "tn"].flatMap((layout) => [`matmul/${layout} small`, `matmul/${layout} large`]);
      return withVariants(gpu, { offers, choices: Object.fromEntries(shapes.map((key) => [key, variant])), origin: variant });
    };
    const whole = await run({}, {}, under("shared"));
    await whole.result;
    const stop = new AbortController();
    let steps = 0;
    const ready = () => {
      if (++steps === 9) stop.abort();
      return undefined;
    };
    const half = await run({}, { signal: stop.signal, ready }, under("shared"));
    await expect(half.result).rejects.toThrow(Interrupted);
    const rest = await run({}, { folder: half.folder, resume: true }, under("tile8"));
    await rest.result;
    expect(half.folder.files.get(CHECKPOINT)).toEqual(whole.folder.files.get(CHECKPOINT));
    const kernelsOf = (events: readonly TrainEvent[]) => events.flatMap((e) => (e.event === "start" ? [e.kernels] : []))[0];
    const products = Object.entries(kernelsOf(whole.events)?.variants ?? {}).filter(([key]) => key.startsWith("matmul/"));
    expect(new Set(products.map(([, name]) => name))).toEqual(new Set(["shared"]));
    expect(kernelsOf(rest.events)).toEqual({ ...kernelsOf(whole.events), origin: "the run's own" });

    const pinned = await run({ deterministic: true }, {}, under("shared"));
    await pinned.result;
    const plain = await run({}, {}, withVariants(gpu, { offers, choices: {}, origin: "" }));
    await plain.result;
    expect(kernelsOf(pinned.events)?.variants).toEqual(kernelsOf(plain.events)?.variants);
    expect(readSafetensors(pinned.folder.files.get(CHECKPOINT) ?? new Uint8Array()).tensors).toEqual(
      readSafetensors(plain.folder.files.get(CHECKPOINT) ?? new Uint8Array()).tensors,
    );
  });

  it.each([
    ["sgd", ["momentum"]],
    ["adam", ["mean", "variance"]],
    ["adamw", ["mean", "variance"]],
    ["lars", ["momentum"]],
  ])("keeps in the checkpoint what %s remembers", async (name, kinds) => {
    const { folder, result } = await run({ optimiser: { name }, epochs: 1 });
    await result;
    const { tensors } = readSafetensors(folder.files.get(CHECKPOINT) ?? new Uint8Array());
    const kept = [...tensors].filter(([key]) => key.startsWith("optimiser."));
    expect(new Set(kept.map(([key]) => key.split(".")[1]))).toEqual(new Set(kinds));
    expect(kept).toHaveLength(7 * kinds.length);
    for (const [key, { data }] of kept) expect(data instanceof Float32Array && data.some((v) => v !== 0), key).toBe(true);
  });

  it("puts into the checkpoint everything that a run is made of, under PyTorch's names", async () => {
    const { folder, result } = await run({ epochs: 1 });
    await result;
    const { tensors, metadata } = readSafetensors(folder.files.get(CHECKPOINT) ?? new Uint8Array());
    expect([...tensors.keys()].sort()).toEqual(
      [
        ...["conv.weight", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var"].flatMap((n) => [
          `encoder.blocks.0.${n}`,
          `encoder.blocks.1.${n}`,
        ]),
        ...["conv.weight", "norm.weight", "norm.bias"].flatMap((n) => [
          `optimiser.momentum.blocks.0.${n}`,
          `optimiser.momentum.blocks.1.${n}`,
        ]),
        ...["encoder.head.weight", "encoder.head_norm.running_mean", "encoder.head_norm.running_var", "optimiser.momentum.head.weight"],
        ...["bank.rows", "bank.normalizer"],
      ].sort(),
    );
    expect(tensors.get("encoder.blocks.1.conv.weight")?.shape).toEqual([8, 4, 3, 3]);
    expect(metadata.get("step")).toBe("6");
  });

  it("keeps a bank in halves as F16", async () => {
    const { folder, result } = await run({ objective: { name: "instdisc", precision: "f16" }, epochs: 1 });
    await result;
    const rows = readSafetensors(folder.files.get(CHECKPOINT) ?? new Uint8Array()).tensors.get("bank.rows");
    expect(rows).toMatchObject({ dtype: "F16", shape: [data.train.length, tinyConfig.encoder?.dim] });
    const [first] = rows?.dtype === "F16" ? [fromHalf(rows.data.subarray(0, rows.shape[1]))] : [];
    expect(Math.hypot(...(first ?? []))).toBeCloseTo(1, 3);
  });

  it("stops at the step whose loss is not finite, names it, and keeps the last good checkpoint", async () => {
    const good = await run({ epochs: 1 });
    await good.result;
    const before = good.folder.files.get(CHECKPOINT);
    const bad = await run({ epochs: 2, schedule: { kind: "constant", rate: 1e37 } }, { folder: good.folder, resume: true });
    await expect(bad.result).rejects.toThrow(NonFiniteError);
    await expect(bad.result).rejects.toThrow(/step \d+ is not finite.*checkpoint of step 6 is kept/);
    expect(good.folder.files.get(CHECKPOINT)).toBe(before);
  });

  it("refuses a checkpoint of another architecture, of other data, a damaged one and none", async () => {
    const { folder, result } = await run({ epochs: 1 });
    await result;
    const other = await run({ encoder: { blocks: [4, 4], dim: 8 } }, { folder, resume: true });
    await expect(other.result).rejects.toThrow(/encoder.blocks.1.conv.weight: expected F32 \[4,4,3,3\], found F32 \[8,4,3,3\]/);
    const elsewhere = train(await testGpu(), resolveConfig(tinyConfig), shapesData(95), { folder, resume: true });
    await expect(elsewhere).rejects.toThrow(/trained on other data/);
    const bytes = folder.files.get(CHECKPOINT)?.slice() ?? new Uint8Array();
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
    await folder.write(CHECKPOINT, bytes);
    const damaged = await run({}, { folder, resume: true });
    await expect(damaged.result).rejects.toThrow(FormatError);
    const nothing = await run({}, { folder: new MemoryFolder(), resume: true });
    await expect(nothing.result).rejects.toThrow(/nothing to resume/);
  });

  it.each<[TrainOptions, RegExp]>([
    [{ batch: 97 }, /batch size 97: expected at most 96/],
    [{ objective: { name: "instdisc", temperature: 0 } }, /temperature.*above 0.*got 0/],
    [{ objective: { name: "instdisc", negatives: 0 } }, /negatives.*got 0/],
    [{ objective: { name: "instdisc", temprature: 1 } }, /unknown option "temprature"/],
    [{ objective: { name: "invaspread", mode: "nce" } }, /invaspread: unknown option "mode": expected temperature, gradient/],
    [{ objective: { name: "instdisc", gradient: "full" } }, /instdisc: unknown option "gradient"/],
    [{ objective: { name: "invaspread" }, batch: 1 }, /batch.*got 1/],
    [{ objective: { name: "invaspread" }, accumulate: 2 }, /accumulate: invaspread cannot: the negatives of a sample are the rest/],
    [{ encoder: { dims: 3 } }, /unknown option "dims"/],
    [{ encoder: { activations: "bf16" } }, /convNet: activations: expected one of f32, f16, got "bf16"/],
    [{ view: { kind: "affine", twist: 1 } }, /unknown option "twist"/],
    [{ optimiser: { momentun: 0.9 } }, /unknown option "momentun"/],
    [{ optimiser: { name: "adam", momentum: 0.9 } }, /adam: unknown option "momentum": expected beta1/],
    [{ optimiser: { name: "adamw", beta2: 1 } }, /adamw: beta2/],
    [{ optimiser: { name: "lars", trust: 0 } }, /lars: trust/],
    [{ schedule: { kind: "linear" } }, /schedule: kind/],
  ])("refuses %o", async (options, message) => {
    const { result } = await run(options);
    await expect(result).rejects.toThrow(UsageError);
    await expect(result).rejects.toThrow(message);
  });
});
