import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { librispeechFrom } from "../data/librispeech.ts";
import type { SoundTrainTest } from "../data/sound.ts";
import { CLIP_LIST, type SoundFolderOptions, soundFolderFrom } from "../data/sound_folder.ts";
import { readIdList } from "../data/sound_labels.ts";
import { UsageError } from "../errors.ts";
import { checkData, type DataConfig, ownDataOptions } from "../train/data_config.ts";
import { cacheFolder } from "./cache.ts";
import { nodeFlacDecoder } from "./flac.ts";
import { openSource } from "./sources.ts";

/** Levels of folders that are looked into. */
const LEVELS = 6;
/** The shortest telephone prompts are a single letter: half a second is a word. */
const ASTERISK = { minimum: 0.5, holdOutBy: "prompt" } as const;

/**
 * Opens the clips that a config names: heads are read, samples only when asked for.
 * - `sound`: WAV and FLAC files of `folder` (or in a tar archive of up to 1 GiB), as `soundFolderFrom`.
 * - `librispeech`: as `librispeechFrom`; SPEAKERS.TXT may also be in the folder above.
 * - `asterisk`: the telephone prompts that `scripts/asterisk.sh` fetches, labelled by voice, speaker, language and prompt; clips of at least
 *   half a second, every fifth prompt held out of all voices alike. `folder` null: where the script puts them by itself.
 * @param warn called with what a person should know about the files
 * @throws UsageError, FormatError
 */
export async function loadSound(config: DataConfig, warn: (message: string) => void = () => {}): Promise<SoundTrainTest> {
  checkData(config);
  const { name, limit, test } = config;
  const own = ownDataOptions(config);
  const options: SoundFolderOptions = { ...own, ...(await idLists(own)), limit, test, warn, flac: nodeFlacDecoder() };
  if (name === "asterisk") return soundFolderFrom(await openSource(asteriskFolder(config), LEVELS), { ...ASTERISK, ...options }, name);
  const folder = folderOf(config);
  const source = await openSource(folder, LEVELS);
  if (name === "librispeech") return librispeechFrom(source, options, await speakersAbove(folder));
  if (name === "sound") return soundFolderFrom(source, options);
  throw new UsageError(`data: no reader of sound for ${JSON.stringify(name)}`);
}

function folderOf({ name, folder }: DataConfig): string {
  if (folder !== null && !/^https?:\/\//.test(folder)) return folder;
  throw new UsageError(`--data ${name}: give the folder of the clips, on this machine, with --data-dir, got ${folder ?? "nothing"}`);
}

function asteriskFolder({ folder }: DataConfig): string {
  const place = folder ?? join(dirname(cacheFolder()), "nearfar-asterisk");
  if (existsSync(join(place, CLIP_LIST))) return place;
  throw new UsageError(
    `--data asterisk: ${place}: no ${CLIP_LIST}: fetch the clips with scripts/asterisk.sh (from nearfar's repository, on Debian or Ubuntu)`,
  );
}

/** The lists of ids that a config names, read. @throws UsageError, FormatError as `readIdList` */
export async function idLists({ trainList, testList }: { readonly [option: string]: unknown }) {
  return { trainList: await idsOf(trainList), testList: await idsOf(testList) };
}

async function idsOf(path: unknown): Promise<string[] | undefined> {
  if (path === undefined) return undefined;
  if (typeof path !== "string") throw new UsageError(`data: expected the path of a list of ids, got ${JSON.stringify(path)}`);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new UsageError(`${path}: cannot be read`, { cause });
  });
  return readIdList(text, path);
}

/** SPEAKERS.TXT of the folder above, where LibriSpeech has it when the folder is that of one part. */
async function speakersAbove(folder: string): Promise<string | undefined> {
  return readFile(join(dirname(resolve(folder)), "SPEAKERS.TXT"), "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return undefined;
    throw new UsageError(`${dirname(folder)}/SPEAKERS.TXT: cannot be read`, { cause });
  });
}
