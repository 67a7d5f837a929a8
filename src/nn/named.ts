import { ShapeError } from "../errors.ts";
import { elements, type Slot } from "../gpu/slot.ts";
import type { Store } from "../gpu/store.ts";

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
 * @throws ShapeError naming the tensor, the shape expected and the one found, when one is missing, unknown or of another shape.
 */
export function writeNamed(places: ReadonlyMap<string, Place>, values: ReadonlyMap<string, Values>): void {
  const unknown = [...values.keys()].filter((name) => !places.has(name) && !name.endsWith("num_batches_tracked"));
  if (unknown.length > 0)
    throw new ShapeError(`${list(unknown)}: no tensor of that name here. Is this the checkpoint of another architecture?`);
  for (const [name, { shape }] of places) {
    const found = values.get(name);
    if (!found) throw new ShapeError(`${name} [${shape}] is missing. Is this the checkpoint of another architecture?`);
    if (found.shape.join() !== shape.join() || found.data.length !== elements(shape)) {
      throw new ShapeError(`${name}: expected [${shape}], found [${found.shape}] with ${found.data.length} values`);
    }
  }
  for (const [name, { slot, store }] of places) {
    const found = values.get(name);
    if (found) store.write(slot, found.data);
  }
}

const list = (names: readonly string[]): string =>
  `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`;
