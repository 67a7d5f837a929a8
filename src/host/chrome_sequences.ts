import type { SoundDataset, SoundTrainTest } from "../data/sound.ts";
import type { TextDataset } from "../data/text/texts.ts";

/** Labels as JSON. */
interface PlainLabels {
  readonly [name: string]: { readonly ids: readonly number[]; readonly names: readonly string[] };
}

/** What the page is told of clips; their samples it asks for as it needs them. */
export interface SoundHeader extends Pick<SoundDataset, "name" | "rate" | "clipNames" | "fingerprint"> {
  readonly lengths: readonly number[];
  readonly labels: PlainLabels;
}

/** Clips as JSON, on their way to the page. */
export function soundHeader({ name, rate, clipNames, fingerprint, lengths, labels }: SoundDataset): SoundHeader {
  return { name, rate, clipNames, fingerprint, lengths: [...lengths], labels: plainLabels(labels) };
}

/** Samples as bytes. @param path PART/CLIP/FROM/LENGTH, as `soundInPage` asks for them */
export async function samplesAt({ train, test }: SoundTrainTest, path: string): Promise<Uint8Array> {
  const [part, clip = 0, from = 0, length = 0] = path.split("/").map((text, i) => (i === 0 ? (text === "train" ? 1 : 0) : Number(text)));
  const { buffer, byteOffset, byteLength } = await (part === 1 ? train : test).read(clip, from, length);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The clips in the page. @param fetchBytes of a path of this server */
export function soundInPage(
  part: "train" | "test",
  { lengths, labels, ...head }: SoundHeader,
  fetchBytes: (path: string) => Promise<Uint8Array>,
): SoundDataset {
  return {
    ...head,
    lengths: Uint32Array.from(lengths),
    labels: typedLabels(labels),
    read: async (clip, from, length) => new Float32Array((await fetchBytes(`samples/${part}/${clip}/${from}/${length}`)).slice().buffer),
  };
}

/** Texts as JSON, all of them. */
export interface TextHeader extends Omit<TextDataset, "labels"> {
  readonly labels: PlainLabels;
}

export const textHeader = (data: TextDataset): TextHeader => ({ ...data, labels: plainLabels(data.labels) });
export const textInPage = (header: TextHeader): TextDataset => ({ ...header, labels: typedLabels(header.labels) });

function plainLabels(labels: SoundDataset["labels"]): PlainLabels {
  return Object.fromEntries(Object.entries(labels).map(([key, { ids, names }]) => [key, { ids: [...ids], names }]));
}

function typedLabels(labels: PlainLabels): SoundDataset["labels"] {
  return Object.fromEntries(Object.entries(labels).map(([key, { ids, names }]) => [key, { ids: Uint32Array.from(ids), names }]));
}
