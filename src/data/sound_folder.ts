import { UsageError } from "../errors.ts";
import { checkNames, checkNumber } from "../options.ts";
import { type FileKind, type FileListing, listFiles } from "./file_listing.ts";
import { counted, listed } from "./folder_layout.ts";
import { inOrder } from "./in_order.ts";
import { Resampler } from "./resample.ts";
import { labelsOf, lazySound, type SoundDataset, type SoundLabels, type SoundTrainTest, subsetOfSound } from "./sound.ts";
import { DecodedCache, type FlacDecoder, openSoundFile, SOUND_FILE, type SoundFile } from "./sound_file.ts";
import { firstClips, type SplitOptions, splitClips } from "./sound_split.ts";
import type { Source } from "./source.ts";

/** What `soundFolderFrom` accepts; null counts as left out. */
export interface SoundFolderOptions extends SplitOptions {
  /** Samples per second that all clips are brought to. Default: their own, which must then be the same. */
  readonly sampleRate?: number | null;
  /** Mean of the channels, instead of refusing clips of several. Default false. */
  readonly mix?: boolean | null;
  /** Clips that are shorter are left out, with a warning that counts them. Default 0: none. */
  readonly minimum?: number | null;
  /** Pattern that file names are labelled by (`labelsByPattern`). Default: by `clips.tsv`, or else by folder, `{class}/*`, or not at all. */
  readonly labels?: string | null;
  /** How many training clips, as many of each value of the first label as possible. Default all. */
  readonly limit?: number | null;
  /** How many held-out clips at most, likewise. */
  readonly test?: number | null;
  /** For FLAC files. */
  readonly flac?: FlacDecoder | undefined;
  /** Most bytes of decoded FLAC that are kept in memory. Default 512 MiB. */
  readonly cacheBytes?: number;
  /** Called with what a person should know. */
  readonly warn?: (message: string) => void;
}

/** The list of clips that is used when a folder has it and no pattern is given: see `readLabelled`. */
export const CLIP_LIST = "clips.tsv";
const CLIPS: FileKind = {
  what: "clip",
  files: SOUND_FILE,
  named: "WAV or FLAC files (.wav, .flac)",
  others: /\.(?:mp3|m4a|aac|ogg|oga|opus|aiff?|wma|au|caf|g722|sph)$/i,
  list: CLIP_LIST,
};
const NAMES = ["sampleRate", "mix", "minimum", "limit", "test", "flac", "cacheBytes", "warn"];
const SPLIT_NAMES = ["trainList", "testList", "holdOut", "holdOutBy"];
/** Decoded files kept at most, unless told otherwise: 2 hours of mono at 16 kHz. */
const CACHE_BYTES = 2 ** 29;

/**
 * WAV and FLAC files of a folder, whose heads are read now and their samples when needed. A clip's number is its place among the files sorted
 * bytewise by path, or in the list; it stays as long as the files do. Files and folders whose name begins with a dot do not exist.
 * The parts are found as `splitClips` says.
 * @param name what the data set is called
 * @throws UsageError without clips, for rates or channels that differ without `sampleRate` or `mix`, for no clip that is long enough, as
 * `labelsByPattern` and `splitClips`, and for options out of range
 * @throws FormatError for a file whose head is damaged, and as `readLabelled`; a damaged sample shows when it is read
 */
export async function soundFolderFrom(source: Source, options: SoundFolderOptions = {}, name = "sound"): Promise<SoundTrainTest> {
  const { labels, ...others } = options;
  if (typeof (labels ?? "") !== "string") throw new UsageError(`${name}: labels: expected a pattern, got ${JSON.stringify(labels)}`);
  check(others, name);
  return soundClipsFrom(source, await listFiles(source, CLIPS, options, name), others, name);
}

/** Options about clips that have their labels already. */
export type SoundClipOptions = Omit<SoundFolderOptions, "labels">;

/** A data set of the clips of a listing. @throws as `soundFolderFrom` */
export async function soundClipsFrom(
  source: Source,
  listing: FileListing,
  options: SoundClipOptions,
  name: string,
): Promise<SoundTrainTest> {
  check(options, name);
  const { limit, test, warn = () => {} } = options;
  const files = await opened(source, listing.paths, options);
  checkAlike(files, options);
  const unchecked = files.filter(({ print, checked }) => !checked && print.startsWith("flac"));
  if (unchecked.length > 0)
    warn(`${source.name}: ${counted(unchecked.length, "FLAC file")} without a checksum: damage to their samples would not be noticed`);
  const long = longEnough(source, files, listing, options);
  const all = dataset(source, long.files, long.listing, options, name);
  const clips = { name: source.name, paths: all.clipNames, labels: all.labels, dropped: long.short, warn };
  const split = splitClips(clips, options);
  const most = test === null || test === undefined ? undefined : Math.min(test, split.test.length);
  return { train: part(all, split.train, limit, `${name}/train`), test: part(all, split.test, most, `${name}/test`) };
}

async function opened(source: Source, paths: readonly string[], { flac, cacheBytes }: SoundFolderOptions): Promise<SoundFile[]> {
  const opener = { flac, cache: new DecodedCache(cacheBytes ?? CACHE_BYTES) };
  const files: SoundFile[] = [];
  await inOrder(
    paths,
    (path) => openSoundFile(source, path, opener),
    (_, result) => {
      if (result instanceof Error) throw result;
      files.push(result);
    },
  );
  return files;
}

function checkAlike(files: readonly SoundFile[], { sampleRate, mix }: SoundFolderOptions): void {
  const several = files.find(({ channels }) => channels !== 1);
  if (several && !mix)
    throw new UsageError(
      `${several.name}: expected one channel, found ${several.channels}: mix: true (--mix) takes the mean of the channels`,
    );
  if (sampleRate) return;
  const [first] = files;
  const other = files.find(({ rate }) => rate !== first?.rate);
  if (first && other)
    throw new UsageError(
      `${other.name}: expected ${first.rate} samples per second as in ${first.name}, found ${other.rate}: give the rate to bring all clips to (sampleRate; --sample-rate ${first.rate})`,
    );
}

/** The clips that are not too short, and the paths of those that are. */
function longEnough(
  source: Source,
  files: readonly SoundFile[],
  { paths, labels }: FileListing,
  { minimum, warn = () => {} }: SoundFolderOptions,
): { readonly files: readonly SoundFile[]; readonly listing: FileListing; readonly short: readonly string[] } {
  const shortest = minimum ?? 0;
  const empty = files.find(({ samples }) => samples === 0);
  if (empty && shortest === 0)
    throw new UsageError(`${empty.name}: no samples: take the file away, or leave short clips out (minimum; --minimum 0.1)`);
  const isLong = files.map(({ samples, rate }) => samples >= shortest * rate);
  if (!isLong.includes(false)) return { files, listing: { paths, labels }, short: [] };
  if (!isLong.includes(true))
    throw new UsageError(`${source.name}: no clip of at least ${shortest} s among ${files.length} (minimum; --minimum)`);
  const short = paths.filter((_, i) => !isLong[i]);
  warn(`${source.name}: ${counted(short.length, "clip")} of less than ${shortest} s left out: ${listed(short)}`);
  const named = ({ ids, names }: SoundLabels) => labelsOf(Array.from(ids, (id) => names[id] ?? "").filter((_, i) => isLong[i]));
  const kept = Object.entries(labels).map(([key, label]) => [key, named(label)] as const);
  return {
    files: files.filter((_, i) => isLong[i]),
    listing: { paths: paths.filter((_, i) => isLong[i]), labels: Object.fromEntries(kept) },
    short,
  };
}

function dataset(
  source: Source,
  files: readonly SoundFile[],
  { paths, labels }: FileListing,
  options: SoundFolderOptions,
  name: string,
): SoundDataset {
  const rate = options.sampleRate ?? files[0]?.rate ?? 0;
  const resamplers = new Map<number, Resampler>();
  for (const file of files) if (file.rate !== rate && !resamplers.has(file.rate)) resamplers.set(file.rate, new Resampler(file.rate, rate));
  const lengths = Uint32Array.from(files, (file) => resamplers.get(file.rate)?.length(file.samples) ?? file.samples);
  const head = { name, rate, lengths, clipNames: paths, labels, content: files.map(({ print }) => print).join(" ") };
  return lazySound(head, async (clip, from, length) => {
    const file = files[clip];
    if (!file) throw new UsageError(`${source.name}: no clip ${clip}`);
    const resampler = resamplers.get(file.rate);
    if (!resampler) return mono(await file.read(from, length));
    const needs = resampler.needs(from, length, file.samples);
    return resampler.apply(mono(await file.read(needs.from, needs.end - needs.from)), needs.from, from, length);
  });
}

/** The mean of the channels. */
function mono(channels: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(), ...others] = channels;
  if (others.length === 0) return first;
  return first.map((sample, i) => others.reduce((sum, channel) => sum + (channel[i] ?? 0), sample) / channels.length);
}

function part(all: SoundDataset, clips: Uint32Array, limit: number | null | undefined, name: string): SoundDataset {
  const { chosen, of } = firstClips(clips, all.labels, limit);
  return subsetOfSound(all, chosen, `${name}${of}`);
}

function check(options: SoundClipOptions, name: string): void {
  checkNames(name, options, [...NAMES, ...SPLIT_NAMES]);
  const { sampleRate, mix, minimum, holdOut, holdOutBy, cacheBytes } = options;
  const given = (value: unknown): boolean => value !== null && value !== undefined;
  if (given(sampleRate)) checkNumber(`${name}: sampleRate`, sampleRate, { min: 1, max: 2 ** 20, integer: true });
  if (given(minimum)) checkNumber(`${name}: minimum`, minimum, { min: 0 });
  if (given(holdOut)) checkNumber(`${name}: holdOut`, holdOut, { min: 2, integer: true });
  if (given(cacheBytes)) checkNumber(`${name}: cacheBytes`, cacheBytes, { min: 0 });
  if (typeof (mix ?? false) !== "boolean") throw new UsageError(`${name}: mix: expected true or false, got ${JSON.stringify(mix)}`);
  if (given(holdOutBy) && typeof holdOutBy !== "string")
    throw new UsageError(`${name}: holdOutBy: expected the name of a label, got ${JSON.stringify(holdOutBy)}`);
}
