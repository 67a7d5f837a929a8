import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { elementwise } from "./grid.ts";
import { materialise } from "./scale.ts";

/** What a masked convolution sees of the pixels in reading order: those before its own (`A`), its own too (`B`), or all of its own row (`rows`). */
export type TapMask = "A" | "B" | "rows";

/**
 * weight[O, I, KH, KW] with 0 at the taps that come after the middle one in reading order, and at the middle one for mask A (van den Oord,
 * Kalchbrenner, Kavukcuoglu 2016, arXiv:1601.06759). Mask `rows` has 0 in the rows below the middle one alone.
 * @throws ShapeError unless the kernel has a middle tap
 */
export function maskTaps(tape: Tape, weight: Tensor, mask: TapMask): Tensor {
  const [O = 0, I = 0, KH = 0, KW = 0] = weight.shape;
  if (weight.shape.length !== 4 || KH % 2 === 0 || KW % 2 === 0)
    throw new ShapeError(`maskTaps: expected [O, I, KH, KW] with odd KH and KW, got [${weight.shape}]`);
  const middle = (KH * KW - 1) / 2;
  const end = { A: middle, B: middle + 1, rows: (KW * (KH + 1)) / 2 }[mask];
  const params = { N: O * I, K: KH * KW, end };
  const masked = (w: Tensor): Tensor => {
    const y = tape.tensor(weight.shape, "f32", "masked taps");
    tape.launch(kernels.maskTaps, { w, y }, params, elementwise(w.size), { flops: w.size });
    return y;
  };
  return tape.record(masked(weight), [weight], (dy) => [masked(materialise(tape, dy))]);
}
