import type { Tape } from "../../autograd.ts";
import { ShapeError } from "../../errors.ts";
import { colourSplit } from "../../gpu/kernels.gen.ts";
import type { Tensor } from "../../tensor.ts";

/** A colour space whose lightness is one view and whose colour another. */
export type ColourSpace = "lab" | "ycbcr";

/** Names and channels of the two views. */
export const COLOUR_SPACES: { readonly [S in ColourSpace]: readonly { readonly name: string; readonly channels: number }[] } = {
  lab: [{ name: "L", channels: 1 }, { name: "ab", channels: 2 }], // biome-ignore format: a table
  ycbcr: [{ name: "Y", channels: 1 }, { name: "CbCr", channels: 2 }], // biome-ignore format: a table
};

/**
 * Appends the launch that splits RGB f32[B, 3, H, W], 0 to 1, into lightness f32[B, 1, H, W] and colour f32[B, 2, H, W], standardised with the
 * published mean and deviation (Tian, Krishnan, Isola 2020, arXiv:1906.05849, and their code): L of CIELAB, 0 to 100, a and b; or Y, Cb and Cr
 * of ITU-R BT.601 in studio range. @throws ShapeError
 */
export function splitColours(tape: Tape, rgb: Tensor, space: ColourSpace): readonly [Tensor, Tensor] {
  const [B = 0, C, H = 0, W = 0] = rgb.shape;
  if (rgb.shape.length !== 4 || C !== 3) throw new ShapeError(`splitColours: expected RGB [B, 3, H, W], got [${rgb.shape}]`);
  const first = tape.tensor([B, 1, H, W], "f32", "lightness");
  const second = tape.tensor([B, 2, H, W], "f32", "colour");
  const launch = { overrides: { LAB: space === "lab" ? 1 : 0 }, flops: 60 * rgb.size };
  tape.launch(colourSplit, { rgb, first, second }, { B, P: H * W }, [Math.ceil((H * W) / 256), B], launch);
  return [first, second];
}
