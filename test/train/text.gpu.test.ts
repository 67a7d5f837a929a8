import { describe, expect, it } from "vitest";
import { encodeTexts } from "../../src/data/text/encode.ts";
import { type TextTrainTest, textDataset } from "../../src/data/text/texts.ts";
import { Vocabulary } from "../../src/data/text/vocabulary.ts";
import { FormatError, UsageError } from "../../src/errors.ts";
import { CLIP_FEATURES, type ClipFeatures } from "../../src/evaluate/embed_sound.ts";
import { TextEmbedder } from "../../src/evaluate/embed_text.ts";
import { readNpy } from "../../src/formats/npy.ts";
import { WEIGHTS } from "../../src/host/frozen_encoder.ts";
import { openSequences } from "../../src/host/frozen_sequences.ts";
import { runJob } from "../../src/host/jobs.ts";
import { CHECKPOINT } from "../../src/train/checkpoint.ts";
import { resolveConfig, type TrainOptions } from "../../src/train/config.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import { MemoryFolder } from "../../src/train/memory_folder.ts";
import { parseCheckpoint } from "../../src/train/resume.ts";
import { TextSession } from "../../src/train/text_session.ts";
import { Interrupted, type TrainHost, train } from "../../src/train/train.ts";
import { readWeights, type Weights } from "../../src/train/weights.ts";
import { testGpu } from "../host.ts";
import { thingsData, tinyText, twoThings } from "./texts.ts";

const data = thingsData();
/** Without labels, so that nothing is probed. */
const plain: TextTrainTest = { train: { ...data.train, labels: {} }, test: { ...data.test, labels: {} } };

async function run(options: TrainOptions = {}, host: Partial<TrainHost> = {}, given = data) {
  const folder = (host.folder as MemoryFolder | undefined) ?? new MemoryFolder();
  const events: TrainEvent[] = [];
  const config = resolveConfig({ ...tinyText, ...options });
  const result = train(await testGpu(), config, given, { ...host, folder, emit: (e) => events.push(e) });
  return { folder, events, result, config };
}

/** A run that has learned, once for all that look at it. */
const learned = run({ epochs: 30, evaluate: { every: 30, k: 3, temperature: 0.1 } });

const losses = (events: readonly TrainEvent[]) => events.flatMap((e) => (e.event === "step" ? [e.loss] : []));
const bytesOf = ({ files }: MemoryFolder): Uint8Array => files.get(CHECKPOINT) ?? new Uint8Array();

/** Features of held-out documents by an encoder with given weights. */
async function features(weights: Weights, texts: TextTrainTest): Promise<ClipFeatures> {
  const encoder = await openSequences(await testGpu(), weights, "w", { texts });
  if (!encoder) throw new Error("no encoder");
  try {
    encoder.learn();
    return await encoder.embed("test");
  } finally {
    encoder.close();
  }
}

describe("training on text", () => {
  it("learns, measures what was learned, keeps its words; the same figures and features come out of the checkpoint", async () => {
    const gpu = await testGpu();
    const { events, result, folder, config } = await learned;
    const { done } = await result;
    const bounds = events.flatMap((e) => (e.event === "step" ? [e.parts.bound ?? 0] : []));
    const start = events.find((e) => e.event === "start");
    expect(start).toMatchObject({ unit: "document", images: { train: 16, test: 8 } });
    // Half of the other sentences are about the other thing: ln 2 nats can be known.
    expect(bounds[0]).toBeLessThan(0.2);
    expect(bounds.at(-1)).toBeGreaterThan(0.4);
    expect(done.baseline).toMatchObject({ plain: "bag of words" });
    expect(done.knn).toBe(1);
    expect(done.measures?.map(({ name, of }) => `${name} ${of}`)).toEqual(CLIP_FEATURES.map((kind) => `thing ${kind}`));
    expect(done.measures?.[0]).toMatchObject({ value: 1, chance: 0.5 });
    const { vocabulary } = parseCheckpoint(bytesOf(folder), CHECKPOINT);
    expect([...(vocabulary ?? [])].sort().slice(0, 3)).toEqual([".", "aa", "bb"]);
    expect(vocabulary).toHaveLength(17);

    const inputs = { folder, texts: data, signal: new AbortController().signal, emit() {} };
    const votes = { ks: [3], temperatures: [0.1] };
    const again = await runJob(gpu, { kind: "evaluate", config, votes }, inputs);
    expect(again).toMatchObject({ knn: 1, unit: "document", measures: done.measures, baseline: done.baseline });
    await folder.write(WEIGHTS, bytesOf(folder));
    await runJob(gpu, { kind: "embed", split: "test", name: "w", given: {}, data: config.data, features: "last latents" }, inputs);
    const { shape, data: rows } = readNpy(folder.files.get("features.npy") ?? new Uint8Array(), "features");
    expect(shape).toEqual([8, 16]);
    const { "last latents": own } = await features(readWeights(bytesOf(folder), "w"), data);
    expect([...(rows as Float32Array)]).toEqual([...own.data]);
    const job = { kind: "sequenceProbe", name: "w", given: {}, data: config.data, options: {}, baselines: false } as const;
    const { probes, labels, samples, unit } = await runJob(gpu, { ...job, features: ["mean context"] }, inputs);
    expect({ labels, samples, unit }).toEqual({
      labels: [{ name: "thing", classes: ["first", "second"], chance: 0.5 }],
      samples: { train: 16, test: 8 },
      unit: "document",
    });
    expect(probes).toMatchObject([{ label: "thing", of: "mean context", top1: done.measures?.[0]?.value, dim: 16 }]);
    const one = { ...job, labels: ["thing"], options: { rates: [0.5], epochs: 2 }, baselines: true } as const;
    const short = await runJob(gpu, one, inputs);
    const untrained = CLIP_FEATURES.map((kind) => `untrained, ${kind}`);
    expect(short.probes.map(({ of, rate, trials }) => [of, rate, trials])).toEqual(
      ["bag of words", ...untrained, ...CLIP_FEATURES].map((of) => [of, 0.5, []]),
    );
    await expect(runJob(gpu, { ...one, labels: ["party"] }, inputs)).rejects.toThrow('--label: expected some of thing, got "party"');
    await expect(runJob(gpu, one, { ...inputs, texts: plain })).rejects.toThrow(/two things\/train: a probe needs labels .*found none/);
    // By an encoder that knows no such word, a text is still a text.
    const other = { train: textDataset({ name: "other", documents: ["Xx yy. Zz!"] }), test: twoThings(2) };
    await expect(runJob(gpu, { kind: "evaluate", config, votes }, { ...inputs, texts: other })).rejects.toThrow(FormatError);
    const strange = await features(readWeights(bytesOf(folder), "w"), { train: other.test, test: other.train });
    expect(strange["mean context"].shape).toEqual([1, 16]);
  });

  it.each<TrainOptions>([
    {},
    { objective: { name: "cpc", steps: 2, negatives: "sequence", drawn: 4 }, encoder: { ...tinyText.encoder, context: "conv", layers: 2 } },
  ])("stopped in mid-epoch and resumed, ends with the bits of the uninterrupted run: %o", async (options) => {
    const whole = await run(options, {}, plain);
    const { done } = await whole.result;
    const stop = new AbortController();
    let steps = 0;
    const ready = () => {
      if (++steps === 4) stop.abort();
      return undefined;
    };
    const half = await run(options, { signal: stop.signal, ready }, plain);
    await expect(half.result).rejects.toThrow(Interrupted);
    const rest = await run(options, { folder: half.folder, resume: true }, plain);
    await rest.result;
    expect(losses(rest.events)).toHaveLength(done.steps - 3);
    expect(bytesOf(half.folder)).toEqual(bytesOf(whole.folder));
    await expect(run(options, { folder: half.folder, resume: true }, thingsData(20)).then(({ result }) => result)).rejects.toThrow(
      /was trained on other data \(text 16 documents/,
    );
  });
});

describe("features of documents", () => {
  it("do not depend on their neighbours; a mean is over all sentences, the last is that of the last passage", async () => {
    const gpu = await testGpu();
    const config = resolveConfig({ ...tinyText, view: { ...tinyText.view, sentences: 4 }, objective: { name: "cpc", steps: 2 } });
    const session = await TextSession.create(gpu, config, data);
    await session.plan.open();
    const embedder = new TextEmbedder(gpu, session.model.encoder, 3);
    const all = await embedder.embed(session.encoded.train);
    const one = await embedder.embed(session.encoded.train.slice(5, 6));
    for (const kind of CLIP_FEATURES) expect([...one[kind].data]).toEqual([...all[kind].data.subarray(5 * 16, 6 * 16)]);
    const [document] = session.encoded.train.slice(5, 6);
    const single = await embedder.embed((document?.sentences ?? []).map((sentence) => ({ sentences: [sentence] })));
    const latents = single["mean latents"].data;
    for (let d = 0; d < 16; d++) {
      const column = Array.from({ length: 6 }, (_, i) => latents[16 * i + d] ?? 0);
      expect(one["mean latents"].data[d]).toBeCloseTo(column.reduce((a, b) => a + b) / 6, 5);
      expect(one["last latents"].data[d]).toBeCloseTo(column[5] ?? 0, 6);
    }
    embedder.close();
    session.close();
  });
});

describe("refused", () => {
  const short = textDataset({ name: "one", documents: ["aa bb aa bb"] });
  it.each<[TrainOptions, RegExp, TextTrainTest?]>([
    [{}, /documents of 2 sentences or more, the longest has 1/, { train: short, test: short }],
    [{ objective: { name: "cpc", steps: 6 } }, /6 steps ahead do not fit sequences of 6 frames/],
    [{ objective: { name: "cpc", negatives: "others" }, batch: 1 }, /negatives "others" come from other sequences, and this batch has one/],
    [{ objective: { name: "cpc", negatives: "speaker" } }, /negatives "speaker": texts do not say who speaks/],
    [{ batch: 17 }, /batch size 17: expected at most 16/],
    [{ accumulate: 2 }, /accumulate: cpc cannot/],
    [{ encoder: { ...tinyText.encoder, kernel: 2 } }, /textEncoder: kernel: expected an odd number, got 2/],
    [{ encoder: { ...tinyText.encoder, depth: 2 } }, /textEncoder: unknown option "depth"/],
    [{ encoder: { ...tinyText.encoder, width: 10 } }, /multiple of 4/],
    [{ view: { ...tinyText.view, word: 3 } }, /view passage: unknown option "word"/],
    [
      { objective: { name: "instdisc" } },
      /objective instdisc: data text are text: expected objective cpc, encoder text and a view of kind passage/,
    ],
  ])("%o", async (options, message, given = data) => {
    const opened = async () => TextSession.create(await testGpu(), resolveConfig({ ...tinyText, ...options }), given);
    await expect(opened()).rejects.toThrow(UsageError);
    await expect(opened()).rejects.toThrow(message);
  });

  it("weights without their words, and of sound or images", async () => {
    const { folder, result } = await learned;
    await result;
    const weights = readWeights(bytesOf(folder), "w");
    await expect(features({ ...weights, vocabulary: undefined }, data)).rejects.toThrow(/w: no "vocabulary"/);
    await expect(features({ ...weights, vocabulary: ["aa"] }, data)).rejects.toThrow(/w: does not fit the encoder text/);
    await expect(features({ ...weights, config: resolveConfig({}) }, data)).rejects.toThrow(
      /w: two things\/train is text: expected a checkpoint of a run on text/,
    );
    expect(encodeTexts(data.test, new Vocabulary(["aa"]), 6)).toHaveLength(8);
  });
});
