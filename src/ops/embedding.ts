import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";
import { elementwise, perItem } from "./grid.ts";
import { materialise } from "./scale.ts";

/** Stands for a word where there is none: its vector is 0. */
export const NO_WORD = 0xffffffff;

/** Which word stands where, and where each word stands: see `wordPlaces`. */
export interface Words {
  /** u32[R]: the word of each place, or `NO_WORD`. */
  readonly index: Operand;
  /** u32[R] and u32[V + 1]. For the gradient; a tape that does not train reads neither. */
  readonly places: Operand;
  readonly starts: Operand;
}

/**
 * Rows of table[V, D]: the vectors of words, [R, D], as torch.nn.Embedding. The gradient of a word is the sum over its places, in order.
 * @throws ShapeError when sizes do not match
 */
export function embedding(tape: Tape, table: Tensor, { index, places, starts }: Words): Tensor {
  const [V = 0, D = 0] = table.shape;
  const [R = 0] = index.shape;
  if (table.shape.length !== 2 || places.shape.join() !== String(R) || starts.shape.join() !== String(V + 1))
    throw new ShapeError(
      `embedding: table [${table.shape}], index [${index.shape}], places [${places.shape}], starts [${starts.shape}]: expected [V, D], [R], [R] and [V + 1]`,
    );
  const y = tape.tensor([R, D], "f32", "embedding");
  tape.launch(kernels.embed, { table, index, y }, { V, D, R }, elementwise(y.size), { flops: y.size });
  return tape.record(y, [table], (dy) => {
    const dtable = tape.tensor(table.shape, "f32", "d embedding");
    const operands = { places, starts, dy: materialise(tape, dy), dtable };
    tape.launch(kernels.embedDx, operands, { V, D, R }, perItem(dtable.size), { flops: y.size + dtable.size });
    return [dtable];
  });
}

/**
 * Sorts places by their word, for the gradient of `embedding`: places u32[R] of word 0, then of word 1, ..., and starts u32[V + 1], where
 * each word's begin. Places without a word come last.
 */
export function wordPlaces(index: Uint32Array, V: number): { readonly places: Uint32Array; readonly starts: Uint32Array } {
  const starts = new Uint32Array(V + 2);
  const slot = (word: number) => Math.min(word, V) + 1;
  for (const word of index) starts[slot(word)] = (starts[slot(word)] ?? 0) + 1;
  for (let v = 1; v < starts.length; v++) starts[v] = (starts[v] ?? 0) + (starts[v - 1] ?? 0);
  const [places, next] = [new Uint32Array(index.length), starts.slice()];
  index.forEach((word, place) => {
    const v = Math.min(word, V);
    const at = next[v] ?? 0;
    places[at] = place;
    next[v] = at + 1;
  });
  return { places, starts: starts.subarray(0, V + 1) };
}
