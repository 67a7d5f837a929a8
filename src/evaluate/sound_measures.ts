import type { HostRows } from "../bank/rows.ts";
import { gather } from "../data/dataset.ts";
import type { SoundDataset, SoundLabels } from "../data/sound.ts";
import type { Gpu } from "../gpu/device.ts";
import { centredOn } from "./meters.ts";
import { type ProbeOptions, probe } from "./probe.ts";
import { matchRetrieval } from "./retrieval.ts";

/** Sound or text, as far as measures look at it: what is known of the samples. */
type Labelled = Pick<SoundDataset, "labels">;
export interface LabelledParts {
  readonly train: Labelled;
  readonly test: Labelled;
}

/** One figure about features of clips. */
export interface SoundMeasure {
  /** What was asked. */
  readonly name: string;
  /** Share of right answers, 0 to 1. */
  readonly value: number;
  /** What blind guessing gives: the most frequent class, or k of the candidates. */
  readonly chance: number;
}

/** Features of one kind, of both parts of the data. */
export interface PartRows {
  readonly train: HostRows;
  readonly test: HostRows;
}

/** Features of clips are learned from in half the time that those of images take, and there are many kinds of them. */
export const CLIP_PROBE = { rates: [0.1, 0.3, 1, 3], epochs: 30 } as const;
/** Prompts that two voices must have in common before one is looked for with the other. */
const LEAST_COMMON = 20;

/**
 * What can be read off features of clips:
 * - `LABEL`: linear probe of every label whose held-out classes were trained on (speaker, language);
 * - `A | B`: the same of two voices that share a speaker or a language but not both, where speech is the same and only that differs;
 * - `prompt @k`: two speakers of one language: a prompt by one looks for itself among all by the other, mean of both directions (probes learn
 *   no prompts, so held-out ones are not apart); `prompt, centred @k`: after the mean of each voice was taken off.
 * The last two want labels called voice, speaker, language and prompt: of text, the first alone is asked.
 */
export async function soundMeasures(
  gpu: Gpu,
  data: LabelledParts,
  rows: PartRows,
  options: ProbeOptions = CLIP_PROBE,
): Promise<SoundMeasure[]> {
  const found: SoundMeasure[] = [];
  for (const { name, labels, truth } of probedLabels(data)) found.push(await probed(gpu, name, rows, labels, truth, options));
  const voices = voicesOf(data.train);
  for (const [a, b] of pairsOf(voices).filter(([a, b]) => (a.speaker === b.speaker) !== (a.language === b.language))) {
    const [train, test] = [ofVoices(data.train, rows.train, [a, b]), ofVoices(data.test, rows.test, [a, b])];
    if (test.ids.length > 0)
      found.push(await probed(gpu, `${a.name} | ${b.name}`, { train: train.rows, test: test.rows }, train.ids, test.ids));
  }
  for (const [a, b] of pairsOf(voices).filter(([a, b]) => a.speaker !== b.speaker && a.language === b.language))
    found.push(...(await retrieved(gpu, data, rows, a, b)));
  return found;
}

interface Voice {
  readonly id: number;
  readonly name: string;
  readonly speaker: number;
  readonly language: number;
}

/** The voices of data that say who speaks what: one speaker in one language each. */
function voicesOf({ labels }: Labelled): Voice[] {
  const { voice, speaker, language } = labels;
  if (!voice || !speaker || !language) return [];
  return voice.names.flatMap((name, id) => {
    const clip = voice.ids.indexOf(id);
    return clip < 0 ? [] : [{ id, name, speaker: speaker.ids[clip] ?? 0, language: language.ids[clip] ?? 0 }];
  });
}

const pairsOf = <T>(items: readonly T[]): [T, T][] => items.flatMap((a, i) => items.slice(i + 1).map((b): [T, T] => [a, b]));

/** Labels that a probe can learn: their ids, of both parts, and what these are called. */
export interface ProbedLabels {
  readonly name: string;
  readonly names: readonly string[];
  readonly labels: Uint32Array;
  readonly truth: Uint32Array;
  /** Share of the most frequent held-out class. */
  readonly chance: number;
}

/** Labels of which training saw every class that is asked for, and more than one. A prompt that is held out is a class that nothing could learn. */
export function probedLabels({ train, test }: LabelledParts): ProbedLabels[] {
  return Object.entries(train.labels).flatMap(([name, { ids: labels, names }]) => {
    const truth = test.labels[name]?.ids;
    const seen = new Set(labels);
    return truth && seen.size > 1 && truth.every((id) => seen.has(id)) ? [{ name, names, labels, truth, chance: chanceOf(truth) }] : [];
  });
}

function chanceOf(truth: Uint32Array): number {
  const counts = new Map<number, number>();
  for (const id of truth) counts.set(id, (counts.get(id) ?? 0) + 1);
  return Math.max(...counts.values()) / truth.length;
}

async function probed(
  gpu: Gpu,
  name: string,
  { train, test }: PartRows,
  labels: Uint32Array,
  truth: Uint32Array,
  options: ProbeOptions = CLIP_PROBE,
): Promise<SoundMeasure> {
  const { top1 } = await probe(gpu, { rows: train, labels }, { rows: test, labels: truth }, options);
  return { name, value: top1, chance: chanceOf(truth) };
}

/** The clips of some voices; `ids`: which of them each is by. */
function ofVoices(data: Labelled, rows: HostRows, voices: readonly Voice[]): { rows: HostRows; ids: Uint32Array } {
  const all = data.labels.voice?.ids ?? new Uint32Array();
  const kept = Uint32Array.from(all.keys()).filter((clip) => voices.some(({ id }) => id === all[clip]));
  return { rows: takenFrom(rows, kept), ids: kept.map((clip) => voices.findIndex(({ id }) => id === all[clip])) };
}

const takenFrom = ({ data, shape }: HostRows, indices: Uint32Array): HostRows => ({
  data: gather(data, shape[1], indices),
  shape: [indices.length, shape[1]],
});

async function retrieved(gpu: Gpu, data: LabelledParts, rows: PartRows, a: Voice, b: Voice): Promise<SoundMeasure[]> {
  const [first, second] = [clipsByPrompt(data, rows, a), clipsByPrompt(data, rows, b)];
  const common = [...first.keys()].filter((prompt) => second.has(prompt)).sort();
  if (common.length < LEAST_COMMON) return [];
  const of = (clips: ReadonlyMap<string, Float32Array>) => stacked(common.flatMap((prompt) => clips.get(prompt) ?? []));
  const [left, right] = [of(first), of(second)];
  return [...(await bothWays(gpu, "prompt", left, right)), ...(await bothWays(gpu, "prompt, centred", centredOn(left), centredOn(right)))];
}

/** The feature of each prompt that a voice speaks, of both parts: of a prompt that is there twice, the first. */
function clipsByPrompt(data: LabelledParts, rows: PartRows, { id }: Voice): Map<string, Float32Array> {
  const found = new Map<string, Float32Array>();
  for (const part of ["train", "test"] as const) {
    const { voice, prompt } = data[part].labels as Partial<Record<string, SoundLabels>>;
    const { data: values, shape } = rows[part];
    voice?.ids.forEach((own, clip) => {
      const name = prompt?.names[prompt.ids[clip] ?? 0];
      if (own === id && name !== undefined && !found.has(name)) found.set(name, values.subarray(clip * shape[1], (clip + 1) * shape[1]));
    });
  }
  return found;
}

function stacked(rows: readonly Float32Array[]): HostRows {
  const D = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * D);
  rows.forEach((row, i) => {
    data.set(row, i * D);
  });
  return { data, shape: [rows.length, D] };
}

async function bothWays(gpu: Gpu, name: string, left: HostRows, right: HostRows): Promise<SoundMeasure[]> {
  const options = { ks: [1, 5] };
  const [there, back] = [await matchRetrieval(gpu, left, right, options), await matchRetrieval(gpu, right, left, options)];
  return there.recalls.map(({ k, recall, chance }, i) => ({
    name: `${name} @${k}`,
    value: (recall + (back.recalls[i]?.recall ?? 0)) / 2,
    chance,
  }));
}
