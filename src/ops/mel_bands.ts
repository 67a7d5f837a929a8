import type { Tape } from "../autograd.ts";
import { ShapeError, UsageError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { perItem } from "./grid.ts";

export interface MelFilters {
  /** [M, F]: what each bin adds to each band. */
  readonly mel: Tensor;
  /** [M, 2]: first bin of each band, and the one after its last. */
  readonly range: Tensor;
}

/**
 * (log(floor + mel |spectrum|^2) + shift) scale of spectrum[B, 2F, T] (real parts, then imaginary): log-mel spectra [B, M, T].
 * @throws ShapeError when shapes do not match; UsageError for a spectrum that a gradient must reach: no encoder here learns its transform
 */
export function melBands(
  tape: Tape,
  spectrum: Tensor,
  { mel, range }: MelFilters,
  affine: { readonly floor: number; readonly shift: number; readonly scale: number },
): Tensor {
  const [B = 0, , T = 0] = spectrum.shape;
  const [M = 0, F = 0] = mel.shape;
  if (spectrum.shape.join() !== [B, 2 * F, T].join() || range.shape.join() !== [M, 2].join())
    throw new ShapeError(
      `melBands: expected [B, ${2 * F}, T], filters [M, ${F}] and ranges [M, 2], got [${spectrum.shape}], [${mel.shape}] and [${range.shape}]`,
    );
  if (spectrum.requiresGrad) throw new UsageError("melBands: has no gradient: take a spectrum of what is not learned");
  const y = tape.tensor([B, M, T], "f32", "log-mel");
  tape.launch(kernels.melBands, { spectrum, mel, range, y }, { B, M, F, T, ...affine }, perItem(y.size), { flops: 5 * B * T * 2 * F });
  return y;
}
