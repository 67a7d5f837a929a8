import { FormatError } from "../errors.ts";
import { readSafetensors } from "../formats/safetensors.ts";
import { writeBytes } from "../gpu/layout.ts";
import type { Choices } from "../gpu/variants.ts";
import { type Checkpoint, FORMAT, type State, safeDtypeOf } from "./checkpoint.ts";
import type { TrainConfig } from "./config.ts";
import type { Baseline } from "./events.ts";

/** Parses a checkpoint. @throws FormatError when the file is damaged, hostile, or no checkpoint of this program */
export function parseCheckpoint(bytes: Uint8Array, name: string): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes, { name, checksum: "required" });
  /** A part that not every checkpoint has. */
  const parsed = <T>(key: string): T | undefined => {
    const text = metadata.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  };
  const field = (key: string): string => {
    const value = metadata.get(key);
    if (value === undefined) throw new FormatError(`${name}: no "${key}" in its metadata: expected a nearfar checkpoint`);
    return value;
  };
  if (field("format") !== FORMAT) throw new FormatError(`${name}: expected format ${FORMAT}, found ${field("format")}`);
  const step = Number(field("step"));
  if (!Number.isSafeInteger(step) || step < 0) throw new FormatError(`${name}: expected a number of steps, found "${field("step")}"`);
  try {
    const config = JSON.parse(field("config")) as TrainConfig;
    const baseline = JSON.parse(field("baseline")) as Baseline | null;
    const [variants, vocabulary] = [parsed<Choices>("variants"), parsed<string[]>("vocabulary")];
    return { tensors, config, step, fingerprint: field("fingerprint"), adapter: field("adapter"), baseline, variants, vocabulary };
  } catch (cause) {
    throw new FormatError(`${name}: the metadata is no JSON: ${cause}`, { cause });
  }
}

/**
 * Writes a checkpoint's tensors onto the device. Everything is checked before the first write.
 * @throws FormatError naming a tensor that is missing, unknown or of another shape: a checkpoint of another architecture
 */
export function restore(state: State, { tensors }: Checkpoint, name: string): void {
  for (const stray of tensors.keys()) {
    if (!state.has(stray)) throw new FormatError(`${name}: tensor ${stray} is not part of this run: another encoder or objective?`);
  }
  for (const [key, operand] of state) {
    const found = tensors.get(key);
    const [dtype, shape] = [safeDtypeOf(operand), operand.shape];
    const wanted = `${dtype} [${shape}]`;
    if (!found) throw new FormatError(`${name}: tensor ${key} is missing: expected ${wanted}`);
    if (found.dtype !== dtype || found.shape.join() !== shape.join()) {
      throw new FormatError(
        `${name}: tensor ${key}: expected ${wanted}, found ${found.dtype} [${found.shape}]: another encoder or objective?`,
      );
    }
  }
  for (const [key, operand] of state) {
    const data = tensors.get(key)?.data;
    if (data) writeBytes(operand, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
}
