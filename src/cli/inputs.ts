import type { TrainTest } from "../data/mnist.ts";
import type { SoundTrainTest } from "../data/sound.ts";
import type { TextTrainTest } from "../data/text/texts.ts";
import { madeCounts } from "../host/job_data.ts";
import { loadSound } from "../host/sound.ts";
import { loadTexts } from "../host/texts.ts";
import { type DataConfig, isSoundData, isTextData } from "../train/data_config.ts";
import { readData } from "./data.ts";

/** Data as a job takes them (`JobInputs`): images, clips of sound, texts, or nothing where the job makes them. */
export interface DataInputs {
  readonly data?: TrainTest | undefined;
  readonly sounds?: SoundTrainTest | undefined;
  readonly texts?: TextTrainTest | undefined;
}

/** Reads, or for sound opens, what a config names. @param warn called with what a person should know @throws UsageError, FormatError */
export async function dataInputs(config: DataConfig, warn?: (message: string) => void): Promise<DataInputs> {
  if (isTextData(config.name)) return { texts: await loadTexts(config, warn) };
  return isSoundData(config.name) ? { sounds: await loadSound(config, warn) } : { data: await readData(config, warn) };
}

/** Held-out samples. */
export const heldOut = (config: DataConfig, { data, sounds, texts }: DataInputs): number =>
  sounds?.test.lengths.length ?? texts?.test.documents.length ?? data?.test.length ?? madeCounts(config).test;
