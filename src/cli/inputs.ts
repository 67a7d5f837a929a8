import type { TrainTest } from "../data/mnist.ts";
import type { SoundTrainTest } from "../data/sound.ts";
import { loadSound } from "../host/sound.ts";
import { type DataConfig, isSoundData } from "../train/data_config.ts";
import { loadData } from "./data.ts";

/** Data as a job takes them (`JobInputs`): images, or clips of sound. */
export type DataInputs = { readonly data: TrainTest } | { readonly sounds: SoundTrainTest };

/** Reads, or for sound opens, what a config names. @param warn called with what a person should know @throws UsageError, FormatError */
export async function dataInputs(config: DataConfig, warn?: (message: string) => void): Promise<DataInputs> {
  return isSoundData(config.name) ? { sounds: await loadSound(config, warn) } : { data: await loadData(config, warn) };
}

/** Held-out samples. */
export const heldOut = (inputs: DataInputs): number => ("sounds" in inputs ? inputs.sounds.test.lengths.length : inputs.data.test.length);
