import { describe, expect, it } from "vitest";
import { type SoundTrainTest, soundDataset, subsetOfSound } from "../../src/data/sound.ts";
import { UsageError } from "../../src/errors.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { CHECKPOINT } from "../../src/train/checkpoint.ts";
import { resolveConfig, type TrainOptions } from "../../src/train/config.ts";
import type { Measure, TrainEvent } from "../../src/train/events.ts";
import { MemoryFolder } from "../../src/train/memory_folder.ts";
import { SoundSession } from "../../src/train/sound_session.ts";
import { Interrupted, type TrainHost, train } from "../../src/train/train.ts";
import { testGpu } from "../host.ts";
import { tinySound, tunes, tunesData } from "./sounds.ts";

const data = tunesData();
/** With who speaks alone, so that little is measured. */
const plain = tunesData(24, ["speaker"]);

async function run(options: TrainOptions = {}, host: Partial<TrainHost> = {}, data = plain) {
  const folder = (host.folder as MemoryFolder | undefined) ?? new MemoryFolder();
  const events: TrainEvent[] = [];
  const result = train(await testGpu(), resolveConfig({ ...tinySound, ...options }), data, {
    ...host,
    folder,
    emit: (e) => events.push(e),
  });
  return { folder, events, result };
}

const losses = (events: readonly TrainEvent[]) => events.flatMap((e) => (e.event === "step" ? [e.loss] : []));

describe("training on sound", () => {
  it("learns: the loss falls, accuracies of all steps ahead and the bound are told, and what was learned is measured", async () => {
    const { events, result, folder } = await run(
      { epochs: 12, schedule: { kind: "constant", rate: 0.01 }, evaluate: { every: 12, k: 5, temperature: 0.1 } },
      {},
      data,
    );
    const { done, picture } = await result;
    const own = losses(events);
    const mean = (part: number[]) => part.reduce((a, b) => a + b) / part.length;
    const start = events.find((e) => e.event === "start");
    expect(start).toMatchObject({ unit: "clip", images: { train: 54, test: 18 }, chance: Math.log(10) });
    expect(mean(own.slice(-10))).toBeLessThan(mean(own.slice(0, 10)) - 0.2);
    const step = events.findLast((e) => e.event === "step");
    expect(Object.keys(step?.event === "step" ? step.parts : {})).toEqual(["accuracy", "bound", "accuracy 1", "accuracy 2"]);
    const hits = events.flatMap((e) => (e.event === "step" ? [e.parts["accuracy 1"] ?? 0] : []));
    expect(mean(hits.slice(-20))).toBeGreaterThan(0.13); // one of ten by chance
    expect(done.baseline).toMatchObject({ plain: "mean log-mel" });
    const names = new Set(done.measures?.map(({ name }) => name));
    expect([...names]).toEqual([
      ...["voice", "speaker", "language", "aa_Ann | bb_Ann", "bb_Ann | bb_Bob"],
      ...["prompt @1", "prompt @5", "prompt, centred @1", "prompt, centred @5"],
    ]);
    const of = new Set(done.measures?.map(({ of }) => of));
    expect([...of]).toEqual(["mean context", "last context", "mean latents", "last latents"]);
    // A tune by one voice finds itself among those of another, which it does not before training.
    const tune = (all: readonly Measure[] | undefined, kind: string) =>
      all?.find(({ name, of }) => name === "prompt @1" && of === kind)?.value;
    expect(tune(done.measures, "mean context")).toBeGreaterThan(0.6);
    expect(tune(done.baseline?.measures, "untrained, mean context")).toBeLessThan(0.4);
    expect(picture?.map).toHaveLength(2 * 18);
    const { tensors } = readSafetensors(folder.files.get(CHECKPOINT) ?? new Uint8Array());
    expect(tensors.get("encoder.context.weight_ih_l0")?.shape).toEqual([24, 8]);
    expect(tensors.get("encoder.predictor.weight")?.shape).toEqual([2, 8, 8]);
  });

  it.each<TrainOptions>([
    {},
    { objective: { name: "cpc", steps: 2, negatives: "speaker", drawn: 4 }, view: { ...tinySound.view, short: "skip" } },
    { encoder: { name: "audio", width: 8, units: 12, context: "conv", layers: 2, norm: "batch" } },
  ])("stopped in mid-epoch and resumed, ends with the bits of the uninterrupted run: %o", async (options) => {
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
});

const opened = async (options: TrainOptions, given: SoundTrainTest = data) =>
  SoundSession.create(await testGpu(), resolveConfig({ ...tinySound, ...options }), given);

describe("what is padded", () => {
  it("neither predicts nor is predicted: the loss of short clips is that of their own frames, whatever follows them", async () => {
    const sound = tunes(8);
    const [short] = [await sound.read(0, 0, 1440)];
    const long = Float32Array.from({ length: 1600 }, (_, i) => short?.[i] ?? 0);
    const two = (clips: Float32Array[]) => soundDataset({ name: "two", rate: 8000, clips });
    const first = async (clips: Float32Array[]) => {
      const set = two(clips);
      const session = await opened({ batch: 1, view: { ...tinySound.view, level: "none" } }, { train: set, test: set });
      await session.plan.open();
      await session.step(0);
      const [row] = await session.ledger.read(0, 1);
      session.close();
      return row;
    };
    const [padded, silent] = [await first([short]), await first([long])];
    expect(padded?.loss).toBeLessThan(silent?.loss ?? 0); // nine candidates, not ten
    expect(padded?.loss).toBeGreaterThan(0);
  });
});

describe("refused", () => {
  const few = subsetOfSound(data.train, Uint32Array.of(0, 1, 2), "few");
  const nameless = soundDataset({ name: "nameless", rate: 8000, clips: [new Float32Array(4000), new Float32Array(4000)] });
  it.each<[TrainOptions, RegExp, SoundTrainTest?]>([
    [
      { view: { ...tinySound.view, short: "refuse" } },
      /12 of 54 clips of tunes\/train are shorter than a window of 1600 samples \(aa_Ann\/0 has 1440\)/,
    ],
    [{ view: { ...tinySound.view, samples: 9000, short: "skip" } }, /every clip of tunes\/train is shorter than a window of 9000/],
    [{ objective: { name: "cpc", steps: 10, negatives: "sequence" } }, /10 steps ahead do not fit sequences of 10 frames/],
    [
      { objective: { name: "cpc", steps: 2, negatives: "others" }, batch: 1 },
      /negatives "others" come from other sequences, and this batch has one/,
    ],
    [
      { objective: { name: "cpc", steps: 2, negatives: "speaker" }, batch: 2 },
      /nameless does not say who speaks: expected labels called "speaker", found none/,
      { train: nameless, test: nameless },
    ],
    [
      { objective: { name: "cpc", steps: 2, negatives: "speaker-others" }, view: { ...tinySound.view, batches: "mixed" } },
      /speaker-others.*batches of one speaker/,
    ],
    [{ batch: 500 }, /batch: expected at most \d+, the number of windows in an epoch, got 500/, { train: few, test: few }],
    [{ accumulate: 2 }, /accumulate: cpc cannot/],
    [{ encoder: { name: "audio", width: 10 } }, /multiple of 4/],
    [{ encoder: { name: "audio", width: 8, context: "rnn" } }, /context: expected one of gru, lstm, conv/],
    [{ encoder: { name: "audio", depth: 8 } }, /unknown option "depth"/],
  ])("%o", async (options, message, given) => {
    await expect(opened(options, given)).rejects.toThrow(UsageError);
    await expect(opened(options, given)).rejects.toThrow(message);
  });
});
