import type { Tape } from "../autograd.ts";
import { bankRows } from "../gpu/kernels.gen.ts";
import { elements, type Operand } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";

/** A memory bank as the scoring kernels see it: data, never on the tape. `src/bank` makes one. */
export interface BankView {
  /** [N, D], D a multiple of 4; in halves or shards if need be. */
  readonly table: Operand;
  /** f32[2]: the logarithm of the NCE normaliser Z, and 1 once it is known. */
  readonly logZ: Operand;
}

/** What a pass over an anchor's negatives leaves for `bank_combine`, in P parts an anchor whose order is fixed. */
export interface ContrastParts {
  /** Rows the negatives came from. */
  readonly candidates: number;
  readonly parts: number;
  /** f32[B, P, 4]: maximum m of the scores, sum of exp(s - m), cost (NCE), unused. */
  readonly stats: Tensor;
  /** f32[B, P, D]: the gradient sum, relative to m (softmax) or absolute (NCE). */
  readonly partial: Tensor;
}

/** B, N, D of features f32[B, D] against rows f32[N, D]. */
export function sizesOf(features: Operand, bank: BankView): { readonly B: number; readonly N: number; readonly D: number } {
  return { B: features.shape[0] ?? 0, N: bank.table.shape[0] ?? 0, D: features.shape[1] ?? 0 };
}

/** Appends the launch that fetches the rows of a batch, f32[B, D]. @param index u32[B]; N or more gives zeros */
export function rowsOf(tape: Tape, table: Operand, index: Operand): Tensor {
  const [B = 0, D = 0] = [index.shape[0], table.shape.at(-1)];
  const N = elements(table.shape) / D;
  const own = tape.tensor([B, D], "f32", "rows of the bank");
  tape.launch(bankRows, { bank: table, index, own }, { B, N, D }, [Math.ceil((B * D) / 256)]);
  return own;
}
