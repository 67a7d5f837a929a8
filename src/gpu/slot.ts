import type { Layout } from "./layout.ts";
import type { Store } from "./store.ts";

/**
 * Element types of tensors. Four bytes wide, for uint8 images and half-precision rows travel packed in u32; but f16, activations that a
 * kernel's twin alone reads and writes (`twinned`), has two.
 */
export type Dtype = "f32" | "u32" | "i32" | "f16";

/** What a piece of memory is for: the rows of `plan.memory()`. */
export type Purpose = "parameters" | "gradients" | "optimiser" | "state" | "bank" | "data" | "activations" | "results";

/**
 * A run of bytes on the device. A slot says how much; where is decided later: by its `Store` when it persists between steps,
 * or by the plan's placement (liveness) when it lives within one.
 */
export class Slot {
  /** Where a persistent slot lives. Transient slots have none until `Plan.pin` gives them one. */
  home: { readonly store: Store; readonly offset: number } | undefined;

  constructor(
    readonly label: string,
    readonly bytes: number,
    home?: { readonly store: Store; readonly offset: number },
  ) {
    this.home = home;
  }
}

/** Anything that a kernel can be bound to: a shape over a slot. `Tensor` is one. */
export interface Operand {
  readonly slot: Slot;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  /** Set where the numbers are halves, or several bindings are needed to reach them: rows of a memory bank. */
  readonly layout?: Layout | undefined;
}

export const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Bytes of so many elements, in fours, as buffers and their bindings have them. */
export const bytesFor = (shape: readonly number[], dtype: Dtype): number =>
  dtype === "f16" ? 4 * Math.ceil(elements(shape) / 2) : 4 * elements(shape);

/** WebGPU's default `minStorageBufferOffsetAlignment`: every slot starts on such a boundary, so that it can be bound by offset. */
export const ALIGNMENT = 256;
export const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
