// CIELAB and YCbCr pixel by pixel in float64, from the standards: IEC 61966-2-1 (sRGB), CIE 15 (L*a*b*, D65, 2 degrees), ITU-R BT.601.

type Three = readonly [number, number, number];

/** sRGB 0 .. 1 to linear light. */
const linear = (c: number): number => (c > 0.04045 ? ((c + 0.055) / 1.055) ** 2.4 : c / 12.92);
const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);

/** L 0 .. 100, a and b about -128 .. 127, with the matrix and white that scikit-image rounds them to. */
export function labOf(rgb: Three): Three {
  const [r, g, b] = rgb.map(linear) as unknown as Three;
  const x = f((0.412453 * r + 0.35758 * g + 0.180423 * b) / 0.95047);
  const y = f(0.212671 * r + 0.71516 * g + 0.072169 * b);
  const z = f((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Y 16 .. 235, Cb and Cr 16 .. 240: from the standard's two luma weights alone. */
export function ycbcrOf([r, g, b]: Three): Three {
  const y = 0.299 * r + 0.587 * g + 0.114 * b;
  return [16 + 219 * y, 128 + (112 * (b - y)) / (1 - 0.114), 128 + (112 * (r - y)) / (1 - 0.299)];
}

/** Mean and standard deviation of the published code (methods.md 1.4). */
export const STATISTICS = {
  lab: { of: labOf, mean: [50, 6.025, -6.6895], std: [50, 92.208, 101.1675] },
  ycbcr: { of: ycbcrOf, mean: [116.151, 121.08, 132.342], std: [109.5, 111.855, 111.964] },
} as const;

/** One pixel, standardised. */
export function splitOf(space: keyof typeof STATISTICS, rgb: Three): Three {
  const { of, mean, std } = STATISTICS[space];
  return of(rgb).map((v, c) => (v - mean[c]!) / std[c]!) as unknown as Three;
}
