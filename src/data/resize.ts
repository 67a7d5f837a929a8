import type { DecodedImage } from "./decoded.ts";

/** `crop`: the shorter side is scaled, the middle is kept. `stretch`: both sides are scaled, shapes change. */
export type Fit = "crop" | "stretch";

/**
 * Brings an image to a size. `crop` scales it so that it just covers the size (the other side rounded down, at least the size's), and
 * keeps the middle (half a pixel goes to the top and left), as torchvision's Resize and CenterCrop. Scaling as `resize`.
 */
export function fitImage(image: DecodedImage, [height, width]: readonly [number, number], fit: Fit): DecodedImage {
  if (image.height === height && image.width === width) return image;
  if (fit === "stretch") return resize(image, height, width);
  const tall = height * image.width >= width * image.height; // the height decides, the width is cut
  const h = tall ? height : Math.max(height, Math.floor((image.height * width) / image.width));
  const w = tall ? Math.max(width, Math.floor((image.width * height) / image.height)) : width;
  return cut(resize(image, h, w), height, width);
}

/**
 * Scales to `height` x `width` with a triangle filter: as wide as the shrinkage (every pixel counts: no aliasing), and linear
 * interpolation where it grows. Columns first, then rows, rounded to bytes after each: the values of Pillow's BILINEAR.
 */
export function resize(image: DecodedImage, height: number, width: number): DecodedImage {
  const { channels: C, height: H, width: W, pixels } = image;
  const across = W === width ? pixels : filtered(pixels, { outer: C * H, from: W, to: width, inner: 1 });
  const down = H === height ? across : filtered(across, { outer: C, from: H, to: height, inner: width });
  return { channels: C, height, width, pixels: down };
}

/** Scales the middle axis of `bytes` [outer, from, inner] to length `to`. */
function filtered(bytes: Uint8Array, axis: { outer: number; from: number; to: number; inner: number }): Uint8Array {
  const { outer, from, to, inner } = axis;
  const taps = Array.from({ length: to }, (_, i) => weights(i, from, to));
  const out = new Uint8Array(outer * to * inner);
  for (let o = 0; o < outer; o++) {
    for (const [i, { first, weight }] of taps.entries()) {
      for (let k = 0; k < inner; k++) {
        let sum = 0.5;
        const start = (o * from + first) * inner + k;
        for (let t = 0; t < weight.length; t++) sum += (weight[t] as number) * (bytes[start + t * inner] as number);
        out[(o * to + i) * inner + k] = sum;
      }
    }
  }
  return out;
}

/** Pixels that make up pixel `i` of `to`, and their weights: a triangle around its middle, whose sum is 1. */
function weights(i: number, from: number, to: number): { first: number; weight: Float64Array } {
  const scale = from / to;
  const reach = Math.max(scale, 1);
  const centre = (i + 0.5) * scale;
  const first = Math.max(0, Math.floor(centre - reach + 0.5));
  const last = Math.min(from, Math.floor(centre + reach + 0.5));
  const raw = Float64Array.from({ length: last - first }, (_, t) => Math.max(0, 1 - Math.abs(first + t + 0.5 - centre) / reach));
  const sum = raw.reduce((total, value) => total + value, 0);
  // In fixed point of 22 bits, as Pillow, so that halves round alike.
  return { first, weight: raw.map((value) => Math.round((value / sum) * 2 ** 22) / 2 ** 22) };
}

/** The middle of an image. */
function cut(image: DecodedImage, height: number, width: number): DecodedImage {
  const { channels, height: H, width: W, pixels } = image;
  if (H === height && W === width) return image;
  const [top, left] = [Math.floor((H - height) / 2), Math.floor((W - width) / 2)];
  const out = new Uint8Array(channels * height * width);
  for (let row = 0; row < channels * height; row++) {
    const at = (Math.floor(row / height) * H + top + (row % height)) * W + left;
    out.set(pixels.subarray(at, at + width), row * width);
  }
  return { channels, height, width, pixels: out };
}
