import { ShapeError } from "../errors.ts";
import { elements, type Slot } from "../gpu/slot.ts";
import type { Store } from "../gpu/store.ts";

/** Tensors of a kind that an error names. */
const LISTED = 10;

/** Where a named f32 tensor lives between steps. */
export interface Place {
  readonly shape: readonly number[];
  readonly slot: Slot;
  readonly store: Store;
}

/** A tensor on the host: what a checkpoint holds. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/** Reads tensors back, by name. Waits for the steps submitted so far. */
export async function readNamed(places: ReadonlyMap<string, Place>): Promise<Map<string, Values>> {
  const read = async ([name, { shape, slot, store }]: [string, Place]): Promise<[string, Values]> => [
    name,
    { shape, data: Float32Array.from(await store.read(slot, "f32")) },
  ];
  return new Map(await Promise.all([...places].map(read)));
}

/**
 * Writes tensors, by name. Everything is checked before anything is written. PyTorch's `num_batches_tracked` is passed over: it
 * counts steps, which the run knows.
 * @throws ShapeError naming the tensors that are unknown, missing, or of another shape than expected (the first ten of each).
 */
export function writeNamed(places: ReadonlyMap<string, Place>, values: ReadonlyMap<string, Values>): void {
  const unknown = [...values.keys()].filter((name) => !places.has(name) && !name.endsWith("num_batches_tracked"));
  const missing: string[] = [];
  const different: string[] = [];
  for (const [name, { shape }] of places) {
    const found = values.get(name);
    if (!found) missing.push(`${name} [${shape}]`);
    else if (found.shape.join() !== shape.join() || found.data.length !== elements(shape))
      different.push(`${name}: expected [${shape}], found [${found.shape}] with ${found.data.length} values`);
  }
  const problems = [
    ...(unknown.length > 0 ? [`${list(unknown)}: no tensor of that name here`] : []),
    ...(missing.length > 0 ? [`${list(missing)} ${missing.length > 1 ? "are" : "is"} missing`] : []),
    ...(different.length > 0 ? [list(different)] : []),
  ];
  if (problems.length > 0) throw new ShapeError(`${problems.join("; ")}. Is this the checkpoint of another architecture?`);
  for (const [name, { slot, store }] of places) {
    const found = values.get(name);
    if (found) store.write(slot, found.data);
  }
}

const list = (names: readonly string[]): string =>
  `${names.slice(0, LISTED).join(", ")}${names.length > LISTED ? ` and ${names.length - LISTED} more` : ""}`;
