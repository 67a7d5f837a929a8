import type { StepValues } from "../src/gpu/step.ts";
import { indexBelow, Purpose, randomF32, randomStream, randomVec4, unitF32 } from "../src/random.ts";
import { type Arrays, given, type Random } from "./kernel_case.ts";

// The slow truth about views: where each pixel of a view comes from, in float64, and bilinear sampling there.

export interface ImageSize {
  readonly N: number;
  readonly C: number;
  readonly H: number;
  readonly W: number;
}

/** A point (x, y) of an image. */
export type Point = readonly [number, number];

/** Bytes of N images, four a word, all below `levels`, and an index that repeats and skips images. */
export function imageInputs(
  { N, C, H, W }: ImageSize,
  B: number,
  random: Random,
  levels = 256,
): { images: Uint32Array; index: Uint32Array } {
  const words = new Uint32Array(Math.ceil((N * C * H * W) / 4));
  new Uint8Array(words.buffer).forEach((_, i, bytes) => {
    bytes[i] = Math.floor(levels * random());
  });
  return { images: words, index: Uint32Array.from({ length: B }, () => Math.floor(N * random())) };
}

export const byteAt = (images: ArrayLike<number>, i: number): number => (images[i >> 2]! >>> (8 * (i & 3))) & 255;

/** Bilinear value of plane (one channel of one image) at `point`; `outside` says what a pixel beyond the image (or the box) is. */
export function bilinear(read: (x: number, y: number) => number, [x, y]: Point): number {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [u, v] = [x - x0, y - y0];
  return (1 - v) * ((1 - u) * read(x0, y0) + u * read(x0 + 1, y0)) + v * ((1 - u) * read(x0, y0 + 1) + u * read(x0 + 1, y0 + 1));
}

/** gain_c value + bias_c with the fourth's for channels beyond it. */
export function levelled(params: { readonly [name: string]: number }, c: number, value: number): number {
  const channel = Math.min(c, 3);
  return params[`gain${channel}`]! * value + params[`bias${channel}`]!;
}

/** Different for each channel, so that a mix-up shows. */
export const LEVELS = { gain0: 0.01, gain1: 0.02, gain2: 0.03, gain3: 0.04, bias0: -0.5, bias1: 0.5, bias2: 1, bias3: 2 };

type Source = (
  b: number,
  id: number,
) => { readonly point: (x: number, y: number) => Point; readonly low: Point; readonly high: Point; readonly repeat: boolean };

/** A whole view: for each image the map of `source`, for each pixel the bilinear value there. */
export function viewOf(
  inputs: Arrays,
  size: ImageSize,
  [H2, W2]: Point,
  params: { readonly [name: string]: number },
  source: Source,
): Float64Array {
  const [images, index] = [given(inputs, "images"), given(inputs, "index")];
  const { C, H, W } = size;
  const view = new Float64Array(index.length * C * H2 * W2);
  for (let b = 0; b < index.length; b++) {
    const { point, low, high, repeat } = source(b, index[b]!);
    for (let at = 0; at < C * H2 * W2; at++) {
      const [c, y, x] = [Math.floor(at / (H2 * W2)), Math.floor(at / W2) % H2, at % W2];
      const read = (px: number, py: number): number => {
        const [ix, iy] = [Math.min(Math.max(px, low[0]), high[0]), Math.min(Math.max(py, low[1]), high[1])];
        return !repeat && (ix !== px || iy !== py) ? 0 : byteAt(images, ((index[b]! * C + c) * H + iy) * W + ix);
      };
      view[b * C * H2 * W2 + at] = levelled(params, c, bilinear(read, point(x, y)));
    }
  }
  return view;
}

/**
 * The view of class numbers below K: 1 in the channel of the class that lies nearest, 0 elsewhere, and outside the image nowhere a 1 unless
 * the edge repeats. Where two pixels are equally near, either will do.
 */
export function classesOf(inputs: Arrays, { H, W }: ImageSize, K: number, [H2, W2]: Point, source: Source): Float64Array {
  const [images, index] = [given(inputs, "images"), given(inputs, "index")];
  const view = new Float64Array(index.length * K * H2 * W2);
  for (let at = 0; at < view.length; at++) {
    const [b, c, y, x] = [Math.floor(at / (K * H2 * W2)), Math.floor(at / (H2 * W2)) % K, Math.floor(at / W2) % H2, at % W2];
    const { point, low, high, repeat } = source(b, index[b]!);
    const [px, py] = point(x, y);
    const [ix, iy] = [Math.floor(px + 0.5), Math.floor(py + 0.5)];
    const [inx, iny] = [Math.min(Math.max(ix, low[0]), high[0]), Math.min(Math.max(iy, low[1]), high[1])];
    const found = byteAt(images, (index[b]! * H + iny) * W + inx);
    const tie = [px, py].some((v) => Math.abs(v + 0.5 - Math.round(v + 0.5)) < 1e-4);
    view[at] = tie ? Number.NaN : Number(found === c && (repeat || (inx === ix && iny === iy)));
  }
  return view;
}

/** The affine map of one sample: (x, y) of the view to (x, y) of the image. */
export function affineMap(
  step: StepValues,
  id: number,
  params: { readonly [name: string]: number },
  [H, W]: Point,
): (x: number, y: number) => Point {
  const stream = randomStream(step.seed, Purpose.augment);
  const signed = (bits: number): number => 2 * unitF32(bits) - 1;
  const bits = randomVec4(stream, step.step, id, 2 * params.number!);
  const [r, s, h] = bits.map(signed);
  const mirror = unitF32(bits[3]) < params.flip! ? -1 : 1;
  const [dx, dy] = randomVec4(stream, step.step, id, 2 * params.number! + 1).map(signed);
  const [angle, scale, shear] = [params.angle! * r!, 1 + params.scale! * s!, params.shear! * h!];
  const [ox, oy] = [(W - 1) / 2, (H - 1) / 2];
  return (x, y) => {
    const [px, py] = [mirror * (x - ox) - params.shift! * dx! * W, y - oy - params.shift! * dy! * H];
    const sheared = px + shear * py;
    return [
      ox + (Math.cos(angle) * sheared - Math.sin(angle) * py) / scale,
      oy + (Math.sin(angle) * sheared + Math.cos(angle) * py) / scale,
    ];
  };
}

/** The rectangle of one sample as [x, y, width, height], and whether it is mirrored: torchvision's `get_params`. */
export function cropBox(step: StepValues, id: number, params: { readonly [name: string]: number }, [H, W]: Point) {
  const stream = randomStream(step.seed, Purpose.augment);
  const mirrored = randomF32(stream, step.step, id, 16 * params.number! + 10) < params.flip!;
  for (let attempt = 0; attempt < 10; attempt++) {
    const [a, r, i, j] = randomVec4(stream, step.step, id, 16 * params.number! + attempt);
    const area = H * W * (params.area0! + unitF32(a) * (params.area1! - params.area0!));
    const aspect = params.aspect0! * (params.aspect1! / params.aspect0!) ** unitF32(r);
    const [width, height] = [Math.round(Math.sqrt(area * aspect)), Math.round(Math.sqrt(area / aspect))];
    if (width > 0 && width <= W && height > 0 && height <= H) {
      return { box: [indexBelow(i, W - width + 1), indexBelow(j, H - height + 1), width, height] as const, mirrored };
    }
  }
  const height = W / H < params.aspect0! ? Math.max(1, Math.round(W / params.aspect0!)) : H;
  const width = W / H > params.aspect1! ? Math.max(1, Math.round(H * params.aspect1!)) : W;
  return { box: [Math.floor((W - width) / 2), Math.floor((H - height) / 2), width, height] as const, mirrored };
}
