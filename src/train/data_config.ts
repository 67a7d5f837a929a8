import { UsageError } from "../errors.ts";
import { checkChoice, checkNames, checkNumber } from "../options.ts";

/** Which data a run uses, and how much of it. */
export interface DataConfig {
  readonly name: string;
  /** Folder of the files, its URL, or for CIFAR and images their `.tar.gz`; null: the package that ships them. */
  readonly folder: string | null;
  /** Training images used, the first ones; null: all. */
  readonly limit: number | null;
  /** Held-out images used, the first ones; null: all. */
  readonly test: number | null;
  /** Only samples of these classes, in both parts: the others stay unseen. The limits then mean at most so many. null: all. */
  readonly classes?: readonly number[] | null | undefined;
  // The rest belongs to single data sets (see OWN), whose readers check it; null: their default.
  /** Height and width to bring all images to. */
  readonly size?: readonly [number, number] | null;
  readonly fit?: "crop" | "stretch" | null;
  /** One image or clip of how many is held out where there is no test part. */
  readonly holdOut?: number | null;
  /** 1 grey, 3 RGB. */
  readonly channels?: number | null;
  /** Level behind transparent pixels. */
  readonly background?: number | null;
  /** Leave out what cannot be decoded. */
  readonly skipBad?: boolean | null;
  /** Order of the axes. */
  readonly layout?: "NHWC" | "NCHW" | null;
  readonly vendors?: readonly string[] | null;
  /** Classes that keep their names in a view of class numbers. */
  readonly segments?: number | null;
  readonly depth?: "filled" | "raw" | null;
  /** Cut frames into squares of `size` pixels, `stride` apart, each a sample. */
  readonly patches?: { readonly size: number; readonly stride?: number } | null;
  /** Which classes; sound, text: the pattern that file names are labelled by. */
  readonly labels?: string | null;
  readonly pool?: boolean | null;
  /** Of the samples themselves, where they are made: the seed of a run draws none of them. */
  readonly seed?: number | null;
  /** `lab`: luminance and chrominance as two views in place of the image. */
  readonly colours?: "rgb" | "lab" | null;
  /** Samples per second that clips are brought to. */
  readonly sampleRate?: number | null;
  /** Take the mean of the channels of clips that have several. */
  readonly mix?: boolean | null;
  /** Seconds that a clip must last at least: shorter ones are left out. */
  readonly minimum?: number | null;
  /** The label whose values are held out whole. */
  readonly holdOutBy?: string | null;
  /** Paths of lists of the clips' ids, one a line. */
  readonly trainList?: string | null;
  readonly testList?: string | null;
}

/** Options that a data set has besides those of all: `data/image_folder.ts`, `data/npy.ts`, `data/emoji.ts`, `data/nyu.ts`, `data/views/scenes.ts`, `data/sound_folder.ts`, `data/text/text_folder.ts`. */
const OWN: { readonly [name: string]: readonly string[] } = {
  images: ["size", "fit", "holdOut", "channels", "background", "skipBad"],
  npy: ["size", "fit", "holdOut", "layout"],
  emoji: ["vendors", "size", "labels", "pool"],
  nyu: ["size", "segments", "depth", "patches"],
  scenes: ["size", "seed", "colours"],
  sound: ["sampleRate", "mix", "minimum", "labels", "holdOut", "holdOutBy", "trainList", "testList"],
  librispeech: ["sampleRate", "mix", "minimum", "holdOut", "holdOutBy", "trainList", "testList"],
  asterisk: ["sampleRate", "minimum", "holdOut", "holdOutBy"],
  text: ["skipBad", "labels", "holdOut", "holdOutBy", "trainList", "testList"],
  sotu: ["holdOut", "holdOutBy"],
  spam: ["holdOut"],
};

/** What all data sets have. */
const COMMON = ["name", "folder", "limit", "test", "classes"];

/** Clips of sound by name: `loadSound` opens them. */
const SOUNDS: readonly string[] = ["sound", "librispeech", "asterisk"];

export const isSoundData = (name: string): boolean => SOUNDS.includes(name);

/** Texts by name: `loadTexts` reads them. */
const TEXTS: readonly string[] = ["text", "sotu", "spam"];

export const isTextData = (name: string): boolean => TEXTS.includes(name);

/** Whether data are rows of frames, of which the next ones are predicted, and nothing else is done with them. */
export const isSequential = (name: string): boolean => isSoundData(name) || isTextData(name);

/** The data sets by name. */
export const DATA_NAMES: readonly string[] = [
  ...["mnist", "cifar10", "cifar100", "stl10", "stl10-unlabeled", "images", "npy", "emoji", "nyu", "scenes"],
  ...SOUNDS,
  ...TEXTS,
];

/** The names of the options that a data set takes. */
export const dataOptions = (name: string): readonly string[] => [...COMMON, ...(OWN[name] ?? [])];

/** The options of the data set itself that are given, as its reader takes them. */
export function ownDataOptions(config: DataConfig): { readonly [option: string]: unknown } {
  return Object.fromEntries(
    Object.entries(config).filter(([name, value]) => !COMMON.includes(name) && value !== null && value !== undefined),
  );
}

/** @throws UsageError for an unknown data set, options that it does not have, and amounts out of range */
export function checkData(data: DataConfig): void {
  checkChoice("data", data.name, DATA_NAMES);
  checkNames(`data ${data.name}`, data, dataOptions(data.name));
  for (const name of ["limit", "test"] as const) {
    const value = data[name];
    if (value !== null) checkNumber(`data.${name}`, value, { min: 1, integer: true });
  }
  checkClasses(data.classes);
  if (data.classes && isSequential(data.name))
    throw new UsageError(`data.classes: data ${data.name} has labels of several kinds: leave it out`);
}

function checkClasses(classes: DataConfig["classes"]): void {
  if (classes === null || classes === undefined) return;
  if (!Array.isArray(classes) || classes.length === 0 || new Set(classes).size < classes.length)
    throw new UsageError(`data.classes: expected a list of class numbers, each once, got ${JSON.stringify(classes)}`);
  for (const label of classes) checkNumber("data.classes", label, { min: 0, integer: true });
}
