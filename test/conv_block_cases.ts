import { fill, sum } from "./kernel_case.ts";

interface Sizes {
  readonly B: number;
  readonly I: number;
  readonly H: number;
  readonly W: number;
  readonly O: number;
  readonly py: number;
  readonly px: number;
}

/** Blocks of 4 x 4 pixels by 8 channels: less than one, one, and a bit more; all paddings. */
const sizes: readonly Sizes[] = [
  { B: 1, I: 1, H: 1, W: 1, O: 1, py: 1, px: 1 },
  { B: 2, I: 3, H: 4, W: 4, O: 8, py: 1, px: 1 },
  { B: 3, I: 5, H: 7, W: 6, O: 9, py: 1, px: 1 },
  { B: 2, I: 2, H: 5, W: 10, O: 17, py: 0, px: 2 },
];

/** Both ways to lay the weights out: of a convolution, and of the gradient of its input. */
export const blockCases = sizes.flatMap(({ B, I, H, W, O, py, px }) =>
  [0, 1].map((FLIP) => {
    const params = { B, I, H, W, O, OH: H + 2 * py - 2, OW: W + 2 * px - 2, py, px, wo: FLIP ? 9 : 9 * I, wi: FLIP ? 9 * O : 9 };
    const blocks = B * Math.ceil(params.OH / 4) * Math.ceil(params.OW / 4);
    return { params, grid: [Math.ceil(blocks / 8), Math.ceil(O / 8)], overrides: { WG: 8, FLIP } };
  }),
);

export function blockRef(
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  p: (typeof blockCases)[number]["params"],
  flip: boolean,
): Float64Array {
  const { B, I, H, W, O, OH, OW, py, px, wo, wi } = p;
  return fill(B * O * OH * OW, (n) => {
    const [b, o, v, u] = [Math.floor(n / (O * OH * OW)), Math.floor(n / (OH * OW)) % O, Math.floor(n / OW) % OH, n % OW];
    return sum(9 * I, (k) => {
      const [i, tap] = [Math.floor(k / 9), k % 9];
      const [row, column] = [v + Math.floor(tap / 3) - py, u + (tap % 3) - px];
      if (row < 0 || column < 0 || row >= H || column >= W) return 0;
      return x[((b * I + i) * H + row) * W + column]! * w[o * wo + i * wi + (flip ? 8 - tap : tap)]!;
    });
  });
}
