import { describe, expect, it } from "vitest";
import { type ImageDataset, imageDataset } from "../../src/data/images.ts";
import type { TrainTest } from "../../src/data/mnist.ts";
import { multiViewDataset } from "../../src/data/multi_view.ts";
import { UsageError } from "../../src/errors.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { CHECKPOINT } from "../../src/train/checkpoint.ts";
import { resolveConfig, type TrainOptions } from "../../src/train/config.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import { MemoryFolder } from "../../src/train/memory_folder.ts";
import { Session } from "../../src/train/session.ts";
import { type TrainHost, train } from "../../src/train/train.ts";
import { testGpu } from "../host.ts";
import { shapesData, tinyConfig } from "./shapes.ts";

const both = (make: (images: ImageDataset, half: number) => ImageDataset): TrainTest => {
  const { train: first, test: second } = shapesData();
  return { train: make(first, 0), test: make(second, 1) };
};
const labelled = ({ labels, classes }: ImageDataset) => ({ ...(labels && { labels }), ...(classes && { classes }) });

/** Shapes in four ways: as they are, as a negative, mirrored (some lack it), and as a class map of bright and dark. */
const four = both((images) => {
  const { name, length, height, width } = images;
  const own = images.pixels();
  const size = { channels: 1, height, width };
  const present = Uint8Array.from({ length }, (_, i) => Number(i % 7 !== 3));
  const views = [
    { name: "plain", ...size, pixels: () => own },
    { name: "negative", ...size, pixels: () => own.map((byte) => 255 - byte) },
    { name: "mirrored", ...size, present, pixels: () => own.map((_, i) => own[i - (i % width) + width - 1 - (i % width)]!) },
    { name: "bright", ...size, kind: "classes" as const, classes: ["dark", "bright"], pixels: () => own.map((byte) => byte >> 7) },
  ];
  return multiViewDataset({ name, views, ...labelled(images) });
});
/** Each class in a colour of its own. */
const coloured = both((images) => {
  const { name, length, height, width, labels } = images;
  const [own, P] = [images.pixels(), height * width];
  const shade = (i: number, c: number) => (((labels?.[i] ?? 0) + 1) >> c) & 1;
  const pixels = Uint8Array.from({ length: 3 * length * P }, (_, at) => {
    const [i, c] = [Math.floor(at / (3 * P)), Math.floor(at / P) % 3];
    return own[i * P + (at % P)]! * (0.4 + 0.6 * shade(i, c));
  });
  return imageDataset({ name, channels: 3, height, width, pixels, ...labelled(images) });
});

async function run(data: TrainTest, objective: TrainOptions["objective"], host: Partial<TrainHost> = {}, options: TrainOptions = {}) {
  const folder = (host.folder as MemoryFolder | undefined) ?? new MemoryFolder();
  const events: TrainEvent[] = [];
  const config = resolveConfig({ ...tinyConfig, ...options, objective: { name: "cmc", ...objective } });
  const result = await train(await testGpu(), config, data, { ...host, folder, emit: (e) => events.push(e) });
  return { folder, events, result, losses: events.flatMap((e) => (e.event === "step" ? [e.loss] : [])) };
}

describe("cmc", () => {
  it.each<[string, TrainTest, object]>([
    ["lab", coloured, { views: "lab" }],
    ["ycbcr, nce", coloured, { views: "ycbcr", mode: "nce", negatives: 20, start: "unit" }],
    ["four views, one missing here and there", four, {}],
    ["three of them, shared encoder, core", four, { views: ["negative", "plain", "mirrored"], encoders: "shared", graph: "core" }],
    [
      "weighted edges, sampled",
      four,
      {
        mode: "softmax",
        negatives: 9,
        reduction: "mean",
        graph: [
          ["plain", "bright", 2],
          [1, 2],
          [0, 1],
        ],
      },
    ],
  ])("trains: %s", async (_, data, objective) => {
    // biome-ignore format: a table
    const { losses, events, result } = await run(data, objective);
    expect(losses).toHaveLength(12);
    expect(losses.every((loss) => Number.isFinite(loss) && loss > 0)).toBe(true);
    const last = events.findLast((e) => e.event === "evaluate");
    expect(last?.event === "evaluate" && typeof last.knn === "number" && typeof last.views?.knnAll === "number").toBe(true);
    expect(result.done.objective).toBe("cmc");
  });

  it("learns: the loss of four views falls", async () => {
    const { losses } = await run(four, {}, {}, { epochs: 8 });
    const mean = (values: readonly number[]) => values.reduce((s, x) => s + x, 0) / values.length;
    expect(mean(losses.slice(-6))).toBeLessThan(0.95 * mean(losses.slice(0, 6)));
  });

  it("goes on bit for bit after a stop", async () => {
    const whole = await run(four, { mode: "nce", negatives: 20 }, {}, { checkpointEvery: 1 });
    const half = await run(four, { mode: "nce", negatives: 20 }, {}, { epochs: 1 });
    const { folder } = await run(four, { mode: "nce", negatives: 20 }, { folder: half.folder, resume: true });
    const tensors = ({ files }: MemoryFolder) => {
      const bytes = files.get(CHECKPOINT);
      if (!bytes) throw new Error("no checkpoint");
      return Object.fromEntries([...readSafetensors(bytes, { name: CHECKPOINT }).tensors].map(([name, { data }]) => [name, data]));
    };
    expect(Object.keys(tensors(folder)).length).toBeGreaterThan(20);
    expect(tensors(folder)).toEqual(tensors(whole.folder));
  });

  it("four views cost at most 4.5 times the launches of one view", async () => {
    const gpu = await testGpu();
    const launches = async (data: TrainTest, objective: { name: string; [option: string]: unknown }) => {
      const session = await Session.create(gpu, resolveConfig({ objective, batch: 32 }), data);
      const { length } = session.plan.launches;
      session.close();
      return length;
    };
    for (const options of [{ mode: "full-softmax" }, { mode: "nce", negatives: 32 }]) {
      const one = await launches(shapesData(), { name: "instdisc", ...options });
      const separate = await launches(four, { name: "cmc", ...options });
      const shared = await launches(four, { name: "cmc", ...options, encoders: "shared", views: ["plain", "negative", "mirrored"] });
      expect(separate / one).toBeLessThanOrEqual(4.5);
      expect(shared / one).toBeLessThanOrEqual(1.5);
    }
  });

  it("names the parameters of each view's encoder", async () => {
    const session = await Session.create(
      await testGpu(),
      resolveConfig({ ...tinyConfig, objective: { name: "cmc", views: "lab" } }),
      coloured,
    );
    const names = [...session.state().keys()];
    session.close();
    expect(names).toEqual(expect.arrayContaining(["encoder.L.head.weight", "encoder.ab.head.weight", "banks.rows", "banks.normalizer"]));
  });

  it.each<[TrainTest, object, RegExp]>([
    [shapesData(), {}, /one view of each sample/],
    [shapesData(), { views: "lab" }, /have 1 channel/],
    [four, { encoders: "shared" }, /views of one shape, got plain 1 x 12 x 12.*bright 2 x 12 x 12/],
    [four, { encoders: "one" }, /separate, shared/],
    [four, { views: ["plain"] }, /at least two/],
    [four, { graph: [["plain", "depth"]] }, /no view "depth"/],
  ])("refuses %#", async (data, objective, message) => {
    const gpu = await testGpu();
    const made = Session.create(gpu, resolveConfig({ ...tinyConfig, objective: { name: "cmc", ...objective } }), data);
    const error = await made.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toMatch(message);
  });
});
