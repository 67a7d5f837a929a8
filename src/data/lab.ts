import { UsageError } from "../errors.ts";
import type { ViewImages } from "./multi_view.ts";

/** The white that XYZ is relative to: D65, 2 degrees. */
const WHITE = [0.95047, 1, 1.08883] as const;
/** Linear sRGB to XYZ, a row each (IEC 61966-2-1, as in scikit-image's rgb2lab). */
const XYZ = [
  [0.412453, 0.35758, 0.180423],
  [0.212671, 0.71516, 0.072169],
  [0.019334, 0.119193, 0.950227],
] as const;

/**
 * An RGB view as two: `luminance` (L of CIELAB, 0 to 100, as bytes 0 to 255) and `chrominance` (a and b, each plus 128, cut off at the
 * bytes' ends). In bytes, so that they stand beside other views of a data set; `splitColours` does the same to one batch on the GPU.
 * @throws UsageError when the view has not three channels of intensities
 */
export function labViews({ name, channels, height, width, kind, present, pixels }: ViewImages): readonly [ViewImages, ViewImages] {
  if (channels !== 3 || kind === "classes")
    throw new UsageError(`lab: view ${name}: expected RGB (3 channels of intensities), got ${channels} of ${kind ?? "levels"}`);
  const rgb = pixels();
  const P = height * width;
  const N = rgb.length / (3 * P);
  const [luminance, chrominance] = [new Uint8Array(N * P), new Uint8Array(2 * N * P)];
  for (let i = 0; i < N; i++) {
    for (let at = 0; at < P; at++) {
      const [l, a, b] = labOf(rgb[3 * i * P + at] ?? 0, rgb[(3 * i + 1) * P + at] ?? 0, rgb[(3 * i + 2) * P + at] ?? 0);
      luminance[i * P + at] = byteOf(2.55 * l);
      chrominance[2 * i * P + at] = byteOf(a + 128);
      chrominance[(2 * i + 1) * P + at] = byteOf(b + 128);
    }
  }
  const shared = { height, width, ...(present && { present }) };
  return [
    { name: "luminance", channels: 1, ...shared, pixels: () => luminance },
    { name: "chrominance", channels: 2, ...shared, pixels: () => chrominance },
  ];
}

/** CIELAB 1976 of an sRGB colour of bytes: L 0 to 100, a and b around 0. */
export function labOf(red: number, green: number, blue: number): readonly [number, number, number] {
  const linear = [LINEAR[red] ?? 0, LINEAR[green] ?? 0, LINEAR[blue] ?? 0] as const;
  const [x, y, z] = XYZ.map(([r, g, b], row) => lightness((r * linear[0] + g * linear[1] + b * linear[2]) / (WHITE[row] ?? 1)));
  return [116 * (y ?? 0) - 16, 500 * ((x ?? 0) - (y ?? 0)), 200 * ((y ?? 0) - (z ?? 0))];
}

const LINEAR: readonly number[] = Array.from({ length: 256 }, (_, byte) => {
  const c = byte / 255;
  return c > 0.04045 ? ((c + 0.055) / 1.055) ** 2.4 : c / 12.92;
});

const lightness = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);

const byteOf = (value: number): number => Math.round(Math.min(255, Math.max(0, value)));
