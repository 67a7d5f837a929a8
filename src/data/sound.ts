import { UsageError } from "../errors.ts";
import { crc32, crcHex } from "../formats/crc32.ts";
import { gather } from "./dataset.ts";
import { bytewise } from "./folder_layout.ts";
import { assertIndices } from "./indices.ts";

/** Labels of clips: each an id in 0..names.length-1. */
export interface SoundLabels {
  /** One a clip, [N]. */
  readonly ids: Uint32Array;
  readonly names: readonly string[];
}

/** Clips of mono sound that are read when needed: a large set does not fit into memory. A clip's number never changes. */
export interface SoundDataset {
  readonly name: string;
  /** Samples per second. */
  readonly rate: number;
  /** Samples of each clip, [N]. */
  readonly lengths: Uint32Array;
  /** What errors and tables call the clips, [N]. */
  readonly clipNames: readonly string[];
  /** Such as speaker, language, prompt. */
  readonly labels: Readonly<Record<string, SoundLabels>>;
  /** Text that differs when clips differ in number, order, names, lengths or rate. A checkpoint keeps it. */
  readonly fingerprint: string;
  /**
   * Samples [from, from + length) of a clip, in [-1, 1]. The array is the caller's own.
   * @throws FormatError naming file, place, expected and found; UsageError for samples that the clip does not have
   */
  read(clip: number, from: number, length: number): Promise<Float32Array>;
}

/** A part to learn from and one that is held out. */
export interface SoundTrainTest {
  readonly train: SoundDataset;
  readonly test: SoundDataset;
}

/** What a data set of sound in memory is made of. */
export interface SoundParts {
  readonly name: string;
  readonly rate: number;
  /** Samples of each clip, in [-1, 1]. */
  readonly clips: readonly Float32Array[];
  /** Default: "clip 0", "clip 1" and so on. */
  readonly clipNames?: readonly string[];
  readonly labels?: Readonly<Record<string, SoundLabels>>;
}

/** Clips that are in memory already. @throws UsageError for no clips, an empty one, or names or labels of another number */
export function soundDataset({ name, rate, clips, clipNames = clips.map((_, i) => `clip ${i}`), labels = {} }: SoundParts): SoundDataset {
  const lengths = Uint32Array.from(clips, (clip) => clip.length);
  return lazySound({ name, rate, lengths, clipNames, labels, content: crcOf(clips) }, async (clip, from, length) =>
    (clips[clip] ?? new Float32Array()).slice(from, from + length),
  );
}

/** What is known of clips before they are read. `content`: text that stands for what they hold, as far as that is known. */
export interface SoundHead extends Pick<SoundDataset, "name" | "rate" | "lengths" | "clipNames" | "labels"> {
  readonly content?: string;
}

/** A data set over a reader of clips, whose samples are asked for within the clips only. @throws UsageError as `soundDataset` */
export function lazySound(head: SoundHead, read: SoundDataset["read"]): SoundDataset {
  const { name, rate, lengths, clipNames, labels, content = "" } = head;
  checkHead(head);
  const bytes = new TextEncoder().encode(JSON.stringify([content, clipNames, [...lengths]]));
  return {
    name,
    rate,
    lengths,
    clipNames,
    labels,
    fingerprint: `sound ${lengths.length} clips ${rate} Hz crc32 ${crcHex(crc32(bytes))}`,
    read: async (clip, from, length) => {
      checkSpan(head, clip, from, length);
      return read(clip, from, length);
    },
  };
}

/** The clips `indices`, in this order. Labels keep their ids. @throws UsageError for a clip that is not there or given twice, and for none */
export function subsetOfSound(data: SoundDataset, indices: Uint32Array, name: string): SoundDataset {
  assertIndices(indices, data.lengths.length, name);
  const head: SoundHead = {
    name,
    rate: data.rate,
    lengths: gather(data.lengths, 1, indices),
    clipNames: Array.from(indices, (i) => data.clipNames[i] ?? ""),
    labels: labelsAt(data.labels, indices),
    content: data.fingerprint,
  };
  return lazySound(head, (clip, from, length) => data.read(indices[clip] ?? 0, from, length));
}

/** Labels from one text a clip; names are sorted bytewise. */
export function labelsOf(texts: readonly string[]): SoundLabels {
  const names = bytewise([...new Set(texts)]);
  const ids = new Map(names.map((name, i) => [name, i]));
  return { ids: Uint32Array.from(texts, (text) => ids.get(text) ?? 0), names };
}

/** Labels of the samples `indices`, in this order: they keep their ids. */
export function labelsAt(labels: SoundDataset["labels"], indices: Uint32Array): SoundDataset["labels"] {
  return Object.fromEntries(Object.entries(labels).map(([key, { ids, names }]) => [key, { ids: gather(ids, 1, indices), names }]));
}

/** @throws UsageError for labels of another number than there are samples, and ids without a name */
export function checkLabels(name: string, count: number, labels: SoundDataset["labels"]): void {
  for (const [key, { ids, names }] of Object.entries(labels)) {
    if (ids.length !== count) throw new UsageError(`${name}: ${key}: expected ${count} labels, got ${ids.length}`);
    const stray = ids.find((id) => id >= names.length);
    if (stray !== undefined) throw new UsageError(`${name}: ${key}: expected ids 0 to ${names.length - 1}, got ${stray}`);
  }
}

function checkHead({ name, rate, lengths, clipNames, labels }: SoundHead): void {
  if (lengths.length === 0) throw new UsageError(`${name}: no clips: expected at least one`);
  if (!(rate > 0)) throw new UsageError(`${name}: rate: expected samples per second, got ${rate}`);
  const empty = lengths.indexOf(0);
  if (empty >= 0) throw new UsageError(`${name}: ${clipNames[empty]}: no samples`);
  if (clipNames.length !== lengths.length) throw new UsageError(`${name}: expected ${lengths.length} clip names, got ${clipNames.length}`);
  checkLabels(name, lengths.length, labels);
}

function checkSpan({ name, lengths, clipNames }: SoundHead, clip: number, from: number, length: number): void {
  const size = lengths[clip];
  if (size === undefined) throw new UsageError(`${name}: clip ${clip}: expected 0 to ${lengths.length - 1}`);
  if (Number.isSafeInteger(from) && Number.isSafeInteger(length) && from >= 0 && length >= 0 && from + length <= size) return;
  throw new UsageError(`${name}: ${clipNames[clip]}: samples ${from} to ${from + length} asked for, the clip has ${size}`);
}

function crcOf(clips: readonly Float32Array[]): string {
  return clips.map(({ buffer, byteOffset, byteLength }) => crcHex(crc32(new Uint8Array(buffer, byteOffset, byteLength)))).join(" ");
}
