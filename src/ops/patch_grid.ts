import type { Tape } from "../autograd.ts";
import { ShapeError, UsageError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { elementwise } from "./grid.ts";

/** Squares of `size` pixels, `stride` apart: they overlap where it is less. */
export interface PatchSize {
  readonly size: number;
  readonly stride: number;
}

/** Rows and columns of the patches that an image of this size has; pixels right of the last and below it are left out. */
export function patchCounts(
  { size, stride }: PatchSize,
  height: number,
  width: number,
): { readonly rows: number; readonly columns: number } {
  const along = (pixels: number) => Math.floor((pixels - size) / stride) + 1;
  return { rows: along(height), columns: along(width) };
}

/**
 * Patches of images x[B, C, H, W], in reading order: [B * rows * columns, C, size, size]. Images are data: no gradient comes back to them.
 * @throws ShapeError unless x has four dimensions, UsageError for an x that wants a gradient, or patches that do not fit
 */
export function patchGrid(tape: Tape, x: Tensor, { size: P, stride: S }: PatchSize): Tensor {
  const [B = 0, C = 0, H = 0, W = 0] = x.shape;
  if (x.shape.length !== 4) throw new ShapeError(`patchGrid: expected [B, C, H, W], got [${x.shape}]`);
  if (x.requiresGrad) throw new UsageError("patchGrid: gives no gradient, and this input wants one");
  const { rows: GY, columns: GX } = patchCounts({ size: P, stride: S }, H, W);
  if (![P, S].every((n) => Number.isInteger(n) && n > 0) || GY < 1 || GX < 1)
    throw new UsageError(`patchGrid: patches of ${P} pixels, ${S} apart, do not fit ${H} x ${W}`);
  const y = tape.tensor([B * GY * GX, C, P, P], "f32", "patches");
  tape.launch(kernels.patchGrid, { x, y }, { B, C, H, W, GY, GX, P, S }, elementwise(y.size), { flops: y.size });
  return y;
}
