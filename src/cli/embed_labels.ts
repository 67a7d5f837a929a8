import type { ImageDataset } from "../data/images.ts";
import type { SoundLabels } from "../data/sound.ts";
import { UsageError } from "../errors.ts";
import type { DataInputs } from "./inputs.ts";

/**
 * What is known of the samples of one part, as tab-separated text: a head, then a line for each, in the order of the features. Of clips and
 * documents their name and all their labels; of images their class, by number and where it has one by name.
 * @throws UsageError for data without labels, or that the job makes
 */
export function labelLines({ data, sounds, texts }: DataInputs, split: "train" | "test"): string {
  if (sounds) return sequenceLines(sounds[split].clipNames, sounds[split].labels);
  if (texts) return sequenceLines(texts[split].documentNames, texts[split].labels);
  if (!data) throw new UsageError("--labels-out: these data are made on the device, and none are read: leave it out");
  return imageLines(data[split]);
}

function sequenceLines(names: readonly string[], labels: Readonly<Record<string, SoundLabels>>): string {
  const kinds = Object.entries(labels);
  return lines([
    ["name", ...kinds.map(([kind]) => kind)],
    ...names.map((name, i) => [name, ...kinds.map(([, { ids, names: values }]) => values[ids[i] ?? -1] ?? "")]),
  ]);
}

function imageLines({ name, labels, classes }: ImageDataset): string {
  if (!labels) throw new UsageError(`--labels-out: ${name} has no labels: leave it out`);
  const own = (label: number) => [String(label), ...(classes ? [classes[label] ?? ""] : [])];
  return lines([["label", ...(classes ? ["class"] : [])], ...Array.from(labels, own)]);
}

/** A tab or a line break within a cell becomes a space. */
const lines = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `${cells.map((cell) => cell.replace(/[\t\r\n]/g, " ")).join("\t")}\n`).join("");
