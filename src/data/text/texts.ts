import { UsageError } from "../../errors.ts";
import { crc32, crcHex } from "../../formats/crc32.ts";
import { assertIndices } from "../indices.ts";
import { checkLabels, labelsAt, type SoundLabels } from "../sound.ts";

/** Texts in memory, and what is known of them. A document's number never changes. */
export interface TextDataset {
  readonly name: string;
  /** Each with a word in it, [N]. */
  readonly documents: readonly string[];
  /** What errors and tables call the documents, [N]. */
  readonly documentNames: readonly string[];
  /** Such as class, party, speaker: as of sound. */
  readonly labels: Readonly<Record<string, SoundLabels>>;
  /** Text that differs when documents differ in number, order, names or content. A checkpoint keeps it. */
  readonly fingerprint: string;
}

/** A part to learn from and one that is held out. */
export interface TextTrainTest {
  readonly train: TextDataset;
  readonly test: TextDataset;
}

/** What a data set of texts is made of. */
export interface TextParts {
  readonly name: string;
  readonly documents: readonly string[];
  /** Default: "document 0", "document 1" and so on. */
  readonly documentNames?: readonly string[];
  readonly labels?: TextDataset["labels"];
}

/** Whether a text has a word, or any other sign. */
export const hasWords = (text: string): boolean => /\S/.test(text);

/** @throws UsageError for no documents, one without a word, and names or labels of another number */
export function textDataset({ name, documents, documentNames, labels = {} }: TextParts): TextDataset {
  const names = documentNames ?? documents.map((_, i) => `document ${i}`);
  if (documents.length === 0) throw new UsageError(`${name}: no documents: expected at least one`);
  if (names.length !== documents.length) throw new UsageError(`${name}: expected ${documents.length} document names, got ${names.length}`);
  const empty = documents.findIndex((text) => !hasWords(text));
  if (empty >= 0)
    throw new UsageError(
      `${name}: ${names[empty]}: expected a text, found ${documents[empty]?.length} characters and no word. Leave it out`,
    );
  checkLabels(name, documents.length, labels);
  const crc = crcHex(crc32(new TextEncoder().encode(JSON.stringify([names, documents]))));
  return { name, documents, documentNames: names, labels, fingerprint: `text ${documents.length} documents crc32 ${crc}` };
}

/** The documents `indices`, in this order. Labels keep their ids. @throws UsageError for one that is not there or given twice, and for none */
export function subsetOfTexts({ documents, documentNames, labels }: TextDataset, indices: Uint32Array, name: string): TextDataset {
  assertIndices(indices, documents.length, name);
  const of = (texts: readonly string[]) => Array.from(indices, (i) => texts[i] ?? "");
  return textDataset({ name, documents: of(documents), documentNames: of(documentNames), labels: labelsAt(labels, indices) });
}
