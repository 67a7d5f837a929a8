import { fill, sum } from "./kernel_case.ts";

/** Sizes of a 2-D convolution, as the conv2d kernels name them. */
export interface ConvSizes {
  readonly B: number;
  readonly I: number;
  readonly H: number;
  readonly W: number;
  readonly O: number;
  readonly OH: number;
  readonly OW: number;
  readonly KH: number;
  readonly KW: number;
  readonly sy: number;
  readonly sx: number;
  readonly py: number;
  readonly px: number;
  readonly dy: number;
  readonly dx: number;
}

const sized = (p: Omit<ConvSizes, "OH" | "OW">): ConvSizes => ({
  ...p,
  OH: Math.floor((p.H + 2 * p.py - p.dy * (p.KH - 1) - 1) / p.sy) + 1,
  OW: Math.floor((p.W + 2 * p.px - p.dx * (p.KW - 1) - 1) / p.sx) + 1,
});

/** Ragged on purpose: single pixels, channels that are no multiple of 4 or 8, strides larger than kernels, unequal axes. */
export const convSizes: readonly ConvSizes[] = [
  sized({ B: 1, I: 1, H: 1, W: 1, O: 1, KH: 1, KW: 1, sy: 1, sx: 1, py: 0, px: 0, dy: 1, dx: 1 }),
  sized({ B: 2, I: 1, H: 28, W: 28, O: 16, KH: 3, KW: 3, sy: 2, sx: 2, py: 1, px: 1, dy: 1, dx: 1 }),
  sized({ B: 3, I: 5, H: 7, W: 6, O: 9, KH: 3, KW: 3, sy: 1, sx: 1, py: 1, px: 1, dy: 1, dx: 1 }),
  sized({ B: 2, I: 9, H: 10, W: 9, O: 7, KH: 3, KW: 2, sy: 3, sx: 2, py: 2, px: 0, dy: 2, dx: 3 }),
  sized({ B: 3, I: 3, H: 5, W: 7, O: 8, KH: 1, KW: 2, sy: 2, sx: 3, py: 0, px: 1, dy: 1, dx: 1 }),
  sized({ B: 2, I: 8, H: 1, W: 50, O: 12, KH: 1, KW: 10, sy: 1, sx: 5, py: 0, px: 3, dy: 1, dx: 1 }),
];

/** More channels, and more weights and pixels, than a tile of 64 has. */
export const convWide = sized({ B: 3, I: 66, H: 5, W: 6, O: 67, KH: 3, KW: 3, sy: 2, sx: 1, py: 1, px: 1, dy: 1, dx: 1 });

/** Windows along one axis, twice as long as their stride. */
export const windowed = ({ B, I, W, O }: Pick<ConvSizes, "B" | "I" | "W" | "O">, stride: number): ConvSizes =>
  sized({ B, I, H: 1, W, O, KH: 1, KW: 2 * stride, sy: 1, sx: stride, py: 0, px: stride / 2, dy: 1, dx: 1 });

/** What the kernels for such windows take. */
export const windowParams = ({ B, I, W, O, OW }: ConvSizes) => ({ B, I, W, O, OW });

/** Steps in fours that fill no tile, channels that are no multiple of 4, 8 or 16. */
export const windowSizes: readonly ConvSizes[] = [
  windowed({ B: 1, I: 1, W: 16, O: 2 }, 4),
  windowed({ B: 3, I: 5, W: 40, O: 18 }, 2),
  windowed({ B: 2, I: 3, W: 80, O: 36 }, 4),
  windowed({ B: 2, I: 18, W: 24, O: 6 }, 2),
];

/** The same with few input channels, of any stride and padding. */
export const fewSizes: readonly ConvSizes[] = [
  sized({ B: 3, I: 1, H: 1, W: 40, O: 18, KH: 1, KW: 10, sy: 1, sx: 5, py: 0, px: 3, dy: 1, dx: 1 }),
  sized({ B: 2, I: 2, H: 1, W: 12, O: 5, KH: 1, KW: 6, sy: 1, sx: 3, py: 0, px: 2, dy: 1, dx: 1 }),
];

const at4 = (a: ArrayLike<number>, [, C, H, W]: readonly number[], b: number, c: number, y: number, x: number): number =>
  y < 0 || x < 0 || y >= H! || x >= W! ? 0 : a[((b * C! + c) * H! + y) * W! + x]!;

/** y = conv(x, w), the definition. */
export function convRef(x: ArrayLike<number>, w: ArrayLike<number>, p: ConvSizes): Float64Array {
  return fill(p.B * p.O * p.OH * p.OW, (i) => {
    const [b, o, oy, ox] = [
      Math.floor(i / (p.O * p.OH * p.OW)),
      Math.floor(i / (p.OH * p.OW)) % p.O,
      Math.floor(i / p.OW) % p.OH,
      i % p.OW,
    ];
    return sum(p.I * p.KH * p.KW, (k) => {
      const [c, ky, kx] = [Math.floor(k / (p.KH * p.KW)), Math.floor(k / p.KW) % p.KH, k % p.KW];
      const v = at4(x, [p.B, p.I, p.H, p.W], b, c, oy * p.sy + ky * p.dy - p.py, ox * p.sx + kx * p.dx - p.px);
      return v * w[o * p.I * p.KH * p.KW + k]!;
    });
  });
}

/** Runs over every product of the convolution: the place in y (or g), in x, and in w. The gradients follow from it. */
export function eachProduct(p: ConvSizes, visit: (y: number, x: number, w: number) => void): void {
  for (let i = 0; i < p.B * p.O * p.OH * p.OW; i++) {
    const [b, o, oy, ox] = [
      Math.floor(i / (p.O * p.OH * p.OW)),
      Math.floor(i / (p.OH * p.OW)) % p.O,
      Math.floor(i / p.OW) % p.OH,
      i % p.OW,
    ];
    for (let k = 0; k < p.I * p.KH * p.KW; k++) {
      const [c, ky, kx] = [Math.floor(k / (p.KH * p.KW)), Math.floor(k / p.KW) % p.KH, k % p.KW];
      const [u, v] = [oy * p.sy + ky * p.dy - p.py, ox * p.sx + kx * p.dx - p.px];
      if (u >= 0 && v >= 0 && u < p.H && v < p.W) visit(i, ((b * p.I + c) * p.H + u) * p.W + v, o * p.I * p.KH * p.KW + k);
    }
  }
}
