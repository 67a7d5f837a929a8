import { FormatError, UsageError } from "../errors.ts";
import { quote } from "../formats/fault.ts";
import type { FileListing } from "./file_listing.ts";
import { bytewise, counted, isHidden, listed } from "./folder_layout.ts";
import { labelsOf, type SoundTrainTest } from "./sound.ts";
import { type SoundClipOptions, soundClipsFrom } from "./sound_folder.ts";
import { readIdList } from "./sound_labels.ts";
import { readWhole, type Source } from "./source.ts";

/** One line of SPEAKERS.TXT. */
export interface Speaker {
  /** "F" or "M". */
  readonly sex: string;
  /** The part of LibriSpeech that the speaker is in: "train-clean-100". */
  readonly subset: string;
  readonly name: string;
}

/** `<speaker>/<chapter>/<id>.flac`, below a folder of the part or not. (Converted to WAV, it is LibriSpeech still.) */
const CLIP = /(?:^|\/)(?:([^/]+)\/)?(\d+)\/(\d+)\/\2-\3-\d+\.(?:flac|wav)$/;
const SPEAKERS = "SPEAKERS.TXT";
/** The lists of the CPC authors (Oord et al. 2018) under the names that they gave them. */
const LISTS = { trainList: "train_split.txt", testList: "test_split.txt" } as const;

/**
 * LibriSpeech (Panayotov et al. 2015): `<speaker>/<chapter>/<id>.flac`, of one part such as train-clean-100 or of the folder above with
 * several. Labels: speaker, chapter; with SPEAKERS.TXT also sex; with several parts also subset.
 *
 * What is held out, by the first of these that there is: the lists that are given; `train_split.txt` and `test_split.txt` in the folder
 * (ids such as 103-1240-0000, one a line, as the authors of CPC published them for train-clean-100); `holdOutBy`; the parts test-* when
 * train-* are there, too (dev-* are left out then, with a warning); every fifth clip of each speaker.
 * @param speakers the text of SPEAKERS.TXT, when it is not in the folder itself
 * @throws UsageError and FormatError as `soundFolderFrom`, FormatError for a speaker that SPEAKERS.TXT does not have
 */
export async function librispeechFrom(source: Source, options: SoundClipOptions = {}, speakers?: string): Promise<SoundTrainTest> {
  const { warn = () => {} } = options;
  const visible = (await source.list()).filter((path) => !isHidden(path));
  const found = bytewise(visible).flatMap((path) => clipOf(path) ?? []);
  if (found.length === 0)
    throw new UsageError(
      `${source.name}: no <speaker>/<chapter>/<speaker>-<chapter>-<number>.flac among ${visible.length} files: expected LibriSpeech`,
    );
  const lists = options.trainList || options.testList ? {} : await listsIn(source, visible);
  const byPart = Object.keys(lists).length === 0 && !options.trainList && !options.testList && !options.holdOutBy;
  const clips = byPart ? withoutDev(found, source.name, warn) : found;
  const text = visible.includes(SPEAKERS) ? await textOf(source, SPEAKERS) : speakers;
  const listing = listingOf(clips, text === undefined ? undefined : readSpeakers(text, SPEAKERS), byPart);
  return soundClipsFrom(source, listing, { ...options, ...lists }, "librispeech");
}

interface Clip {
  readonly path: string;
  readonly subset: string;
  readonly speaker: string;
  readonly chapter: string;
}

function clipOf(path: string): Clip | undefined {
  const [, subset = "", speaker, chapter] = CLIP.exec(path) ?? [];
  return speaker && chapter ? { path, subset, speaker, chapter } : undefined;
}

/** Without the parts for development, where there are parts to train on and to test on. */
function withoutDev(clips: readonly Clip[], name: string, warn: (message: string) => void): readonly Clip[] {
  const has = (kind: string): boolean => clips.some(({ subset }) => subset.startsWith(kind));
  if (!has("train-") || !has("test-")) return clips;
  const isUsed = ({ subset }: Clip): boolean => /^(?:train|test)-/.test(subset);
  const left = clips.filter((clip) => !isUsed(clip));
  if (left.length > 0) {
    const parts = bytewise([...new Set(left.map(({ subset }) => subset))]);
    warn(`${name}: ${counted(left.length, "clip")} of ${listed(parts)} not used: test-* are held out, train-* trained on`);
  }
  return clips.filter(isUsed);
}

function listingOf(clips: readonly Clip[], speakers: ReadonlyMap<string, Speaker> | undefined, byPart: boolean): FileListing {
  const label = (of: (clip: Clip) => string) => labelsOf(clips.map(of));
  const subset = label((clip) => clip.subset);
  const parted = byPart && ["train-", "test-"].every((kind) => subset.names.some((name) => name.startsWith(kind)));
  return {
    paths: clips.map(({ path }) => path),
    labels: {
      speaker: label((clip) => clip.speaker),
      chapter: label((clip) => clip.chapter),
      ...(speakers && { sex: label(({ path, speaker }) => sexOf(speakers, speaker, path)) }),
      ...(subset.names.length > 1 && { subset }),
      ...(parted && { part: label((clip) => (clip.subset.startsWith("test-") ? "test" : "train")) }),
    },
  };
}

function sexOf(speakers: ReadonlyMap<string, Speaker>, speaker: string, path: string): string {
  const found = speakers.get(speaker);
  if (!found) throw new FormatError(`${SPEAKERS}: expected speaker ${speaker} of ${path}, found ${speakers.size} others`);
  return found.sex;
}

/** Reads SPEAKERS.TXT: `id | sex | subset | minutes | name`, and lines of remarks after a semicolon. @throws FormatError naming the line */
export function readSpeakers(text: string, name: string): ReadonlyMap<string, Speaker> {
  const speakers = new Map<string, Speaker>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.startsWith(";") || line.trim() === "") continue;
    const [id = "", sex = "", subset = "", minutes, ...rest] = line.split("|").map((field) => field.trim());
    if (!/^\d+$/.test(id) || !/^[FM]$/.test(sex) || minutes === undefined)
      throw new FormatError(`${name}: line ${i + 1}: expected id | sex | subset | minutes | name, found ${quote(line)}`);
    speakers.set(id, { sex, subset, name: rest.join("|") });
  }
  return speakers;
}

async function listsIn(source: Source, paths: readonly string[]): Promise<{ readonly trainList?: string[]; readonly testList?: string[] }> {
  if (!Object.values(LISTS).every((file) => paths.includes(file))) return {};
  const list = async (file: string) => readIdList(await textOf(source, file), `${source.name}/${file}`);
  return { trainList: await list(LISTS.trainList), testList: await list(LISTS.testList) };
}

async function textOf(source: Source, path: string): Promise<string> {
  return new TextDecoder().decode((await readWhole(source, path)).bytes);
}
