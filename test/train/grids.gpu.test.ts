import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { CHECKPOINT } from "../../src/train/checkpoint.ts";
import { resolveConfig, type TrainOptions } from "../../src/train/config.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import { MemoryFolder } from "../../src/train/memory_folder.ts";
import { Session } from "../../src/train/session.ts";
import { Interrupted, type TrainHost, train } from "../../src/train/train.ts";
import { testGpu } from "../host.ts";
import { shapesData } from "./shapes.ts";

/** Shapes of 12 pixels in a grid of 5 x 5 patches, a second. */
const tiny = {
  objective: { name: "cpc" },
  data: { name: "mnist" },
  encoder: { patch: 4, step: 2, blocks: [8, 16], units: 8 },
  batch: 16,
  epochs: 2,
  evaluate: { every: 1, k: 5, temperature: 0.1 },
} as const;
const data = shapesData();

async function run(options: TrainOptions = {}, host: Partial<TrainHost> = {}) {
  const folder = (host.folder as MemoryFolder | undefined) ?? new MemoryFolder();
  const events: TrainEvent[] = [];
  const config = resolveConfig({ ...tiny, ...options });
  const result = train(await testGpu(), config, data, { ...host, folder, emit: (event) => events.push(event) });
  return { folder, events, result };
}

const losses = (events: readonly TrainEvent[]) => events.flatMap((event) => (event.event === "step" ? [event.loss] : []));
const mean = (part: readonly number[]) => part.reduce((a, b) => a + b, 0) / part.length;

describe("contrastive prediction of images", () => {
  it("learns: the loss falls from chance, rows below are told apart, and features are measured beside pixels", async () => {
    const { events, result, folder } = await run({ epochs: 10, schedule: { kind: "constant", rate: 0.005 } });
    const { done, picture } = await result;
    const own = losses(events);
    expect(events.find(({ event }) => event === "start")).toMatchObject({
      chance: Math.log(16 * 25),
      baseline: { pixels: expect.any(Number) },
    });
    expect(own[0]).toBeGreaterThan(0.9 * Math.log(16 * 25));
    expect(mean(own.slice(-6))).toBeLessThan(own[0]! - 0.25);
    const last = events.findLast((event) => event.event === "step");
    expect(Object.keys(last?.event === "step" ? last.parts : {})).toEqual(["accuracy", "bound", "accuracy 1", "accuracy 2", "accuracy 3"]);
    expect(done.knn).toBeGreaterThan(0.25); // of four classes
    expect(picture?.gallery).toHaveLength(4);
    const { tensors } = readSafetensors(folder.files.get(CHECKPOINT) ?? new Uint8Array());
    expect(tensors.get("encoder.predictor.weight")?.shape).toEqual([3, 16, 8]);
    expect(tensors.get("encoder.context.0.weight")?.shape).toEqual([8, 16, 3, 3]);
  });

  it.each<TrainOptions>([
    { objective: { name: "cpc", negatives: "sequence", drawn: 6 }, encoder: { ...tiny.encoder, context: "gru" } },
    { objective: { name: "cpc", negatives: "batch", steps: 2, skip: 0 }, view: { kind: "affine" } },
    { objective: { name: "cpc", profile: "bolts", steps: 2 }, encoder: { ...tiny.encoder, context: "rows", norm: "none" } },
  ])("stopped and resumed, ends with the bits of the uninterrupted run: %o", async (options) => {
    const whole = await run(options);
    const { done } = await whole.result;
    const stop = new AbortController();
    let steps = 0;
    const ready = () => {
      if (++steps === 5) stop.abort();
      return undefined;
    };
    const half = await run(options, { signal: stop.signal, ready });
    await expect(half.result).rejects.toThrow(Interrupted);
    const rest = await run(options, { folder: half.folder, resume: true });
    await rest.result;
    expect(losses(rest.events)).toHaveLength(done.steps - 4);
    expect(half.folder.files.get(CHECKPOINT)).toEqual(whole.folder.files.get(CHECKPOINT));
  });

  it.each<[TrainOptions, RegExp]>([
    [{ objective: { name: "cpc", steps: 5 } }, /5 steps ahead, 1 skipped, do not fit grids of 5 rows/],
    [{ objective: { name: "cpc", profile: "gim-vision" } }, /5 steps ahead, 1 skipped, do not fit grids of 5 rows/],
    [{ objective: { name: "cpc", negatives: "speaker" } }, /negatives speaker: images have no speakers: take sequence \(the same image\)/],
    [{ objective: { name: "cpc", negatives: "others" }, batch: 1 }, /this batch has one/],
    [{ accumulate: 2 }, /accumulate: cpc cannot/],
    [{ encoder: { ...tiny.encoder, patch: 13 } }, /patches of 13 pixels do not fit images of 12 x 12/],
  ])("refused: %o", async (options, message) => {
    const gpu = await testGpu();
    const opened = () => Session.create(gpu, resolveConfig({ ...tiny, ...options }), data);
    await expect(opened()).rejects.toThrow(UsageError);
    await expect(opened()).rejects.toThrow(message);
  });
});
