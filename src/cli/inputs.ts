import type { TrainTest } from "../data/mnist.ts";
import type { SoundTrainTest } from "../data/sound.ts";
import { madeCounts } from "../host/job_data.ts";
import { loadSound } from "../host/sound.ts";
import { type DataConfig, isSoundData } from "../train/data_config.ts";
import { readData } from "./data.ts";

/** Data as a job takes them (`JobInputs`): images, clips of sound, or nothing where the job makes them. */
export interface DataInputs {
  readonly data?: TrainTest | undefined;
  readonly sounds?: SoundTrainTest | undefined;
}

/** Reads, or for sound opens, what a config names. @param warn called with what a person should know @throws UsageError, FormatError */
export async function dataInputs(config: DataConfig, warn?: (message: string) => void): Promise<DataInputs> {
  return isSoundData(config.name) ? { sounds: await loadSound(config, warn) } : { data: await readData(config, warn) };
}

/** Held-out samples. */
export const heldOut = (config: DataConfig, { data, sounds }: DataInputs): number =>
  sounds?.test.lengths.length ?? data?.test.length ?? madeCounts(config).test;
