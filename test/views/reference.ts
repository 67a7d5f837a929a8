import type { StepValues } from "../../src/gpu/step.ts";
import { indexBelow, Purpose, randomStream, randomVec4, unitF32 } from "../../src/random.ts";

// The slow truth about colours and blur: torchvision's float tensor path (transforms/_functional_tensor.py) pixel by pixel in float64, with the
// random numbers of the kernels.

export type Rgb = readonly [number, number, number];
interface Ranges {
  readonly [name: string]: number;
}

/** What happens to one view. */
export interface Change {
  /** Operations in order (0 brightness, 1 contrast, 2 saturation, 3 hue); none when the view is not jittered. */
  readonly order: readonly number[];
  readonly factors: readonly number[];
  readonly grey: boolean;
}

/** `params` as the kernel's: brightness, contrast, saturation, hue, jitter, grey, number. */
export function drawChange({ seed, step }: StepValues, id: number, params: Ranges): Change {
  const stream = randomStream(seed, Purpose.augment);
  const units = randomVec4(stream, step, id, 16 * params.number! + 11).map(unitF32);
  const [jittered, grey, code] = randomVec4(stream, step, id, 16 * params.number! + 12);
  const ranges = [params.brightness!, params.contrast!, params.saturation!, params.hue!];
  const factors = ranges.map((range, op) => {
    const [low, high] = op === 3 ? [-range, range] : [Math.max(0, 1 - range), 1 + range];
    return low + (high - low) * units[op]!;
  });
  const order = unitF32(jittered) < params.jitter! ? permutation(indexBelow(code, 24)) : [];
  return { order, factors, grey: unitF32(grey) < params.grey! };
}

/** Drawing without replacement, by a number below 24. */
export function permutation(code: number): number[] {
  const left = [0, 1, 2, 3];
  return [4, 3, 2, 1].map((n) => {
    const [drawn = 0] = left.splice(code % n, 1);
    code = Math.floor(code / n);
    return drawn;
  });
}

const clamp = (v: number): number => Math.min(Math.max(v, 0), 1);
const grey = ([r, g, b]: Rgb): number => 0.2989 * r + 0.587 * g + 0.114 * b;
const blend = (a: Rgb, other: number, ratio: number): Rgb => a.map((v) => clamp(ratio * v + (1 - ratio) * other)) as unknown as Rgb;

/** Through HSV and its six sectors, as torchvision writes it. */
export function adjustHue([r, g, b]: Rgb, turns: number): Rgb {
  const [max, min] = [Math.max(r, g, b), Math.min(r, g, b)];
  const chroma = max - min;
  const s = chroma / (chroma === 0 ? 1 : max);
  const divisor = chroma === 0 ? 1 : chroma;
  const [rc, gc, bc] = [(max - r) / divisor, (max - g) / divisor, (max - b) / divisor];
  const sector = max === r ? bc - gc : max === g ? 2 + rc - bc : 4 + gc - rc;
  const h = (((sector / 6 + 1) % 1) + turns + 1) % 1;
  const [i, f] = [Math.floor(6 * h), 6 * h - Math.floor(6 * h)];
  const [p, q, t] = [clamp(max * (1 - s)), clamp(max * (1 - s * f)), clamp(max * (1 - s * (1 - f)))];
  const sectors: Rgb[] = [[max, t, p], [q, max, p], [p, max, t], [p, q, max], [t, p, max], [max, p, q]]; // biome-ignore format: a table
  return sectors[i % 6]!;
}

/** One view, RGB by pixel; `single`: one channel repeated, which is its own grey. */
export function recoloured(pixels: readonly Rgb[], change: Change, greyFirst: boolean, single = false): Rgb[] {
  const turnGrey = (v: Rgb): Rgb => [grey(v), grey(v), grey(v)];
  let view = change.grey && greyFirst ? pixels.map(turnGrey) : [...pixels];
  for (const op of change.order) {
    const factor = change.factors[op]!;
    const mean = view.reduce((sum, v) => sum + (single ? v[0] : grey(v)), 0) / view.length;
    view = view.map((v) => {
      if (op === 0) return blend(v, 0, factor);
      if (op === 1) return blend(v, mean, factor);
      if (single) return v; // as torchvision: no colour to change
      return op === 2 ? blend(v, grey(v), factor) : adjustHue(v, factor);
    });
  }
  return change.grey && !greyFirst ? view.map(turnGrey) : view;
}

/** sigma of one view's blur, 0 where there is none. */
export function drawSigma({ seed, step }: StepValues, id: number, params: Ranges): number {
  const [blurred, sigma] = randomVec4(randomStream(seed, Purpose.augment), step, id, 16 * params.number! + 13).map(unitF32);
  return blurred! < params.blur! ? params.sigma0! + (params.sigma1! - params.sigma0!) * sigma! : 0;
}

/** A Gaussian of 2 radius + 1 taps along one axis of a plane; pixel -1 is pixel 1. */
export function blurredPlane(
  plane: ArrayLike<number>,
  [H, W]: readonly [number, number],
  vertical: boolean,
  radius: number,
  sigma: number,
) {
  if (sigma === 0) return Float64Array.from(plane);
  const taps = Array.from({ length: 2 * radius + 1 }, (_, k) => Math.exp(-0.5 * ((k - radius) / sigma) ** 2));
  const total = taps.reduce((a, b) => a + b, 0);
  const mirror = (i: number, n: number): number => (i < 0 ? -i : i >= n ? 2 * n - 2 - i : i);
  return Float64Array.from({ length: H * W }, (_, at) => {
    const [y, x] = [Math.floor(at / W), at % W];
    const value = (t: number): number => plane[vertical ? mirror(y + t, H) * W + x : y * W + mirror(x + t, W)]!;
    return taps.reduce((sum, weight, k) => sum + weight * value(k - radius), 0) / total;
  });
}
