import type { Gpu } from "../src/gpu/device.ts";
import { elements, type Operand } from "../src/gpu/slot.ts";
import { Store } from "../src/gpu/store.ts";

/** Whole numbers that stay on the device. */
export function constantLabels(gpu: Gpu, shape: readonly number[], value: (i: number) => number): { store: Store; operand: Operand } {
  const store = new Store(gpu, "labels", "data");
  const slot = store.add("labels", 4 * elements(shape));
  store.write(
    slot,
    Uint32Array.from({ length: elements(shape) }, (_, i) => value(i)),
  );
  return { store, operand: { slot, shape, dtype: "u32" } };
}
