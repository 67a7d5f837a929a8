import { add, affine, collect, mul, pick, power, type Value } from "./tape.ts";

export interface ConvOptions {
  readonly stride: number;
  readonly padding: number;
}

/** y[b, o] = sum over i and taps of x[b, i] w[o, i], square strides and zeros around: [B, I, H, W] and [O, I, KH, KW]. */
export function conv2d(x: Value, w: Value, { stride, padding }: ConvOptions): Value {
  const [B = 0, I = 0, H = 0, W = 0] = x.shape;
  const [O = 0, , KH = 0, KW = 0] = w.shape;
  // Images of height 1 are sequences: nothing is added above or below them.
  const [sy, py] = H === 1 ? [1, 0] : [stride, padding];
  const OH = Math.floor((H + 2 * py - KH) / sy) + 1;
  const OW = Math.floor((W + 2 * padding - KW) / stride) + 1;
  const y = new Float64Array(B * O * OH * OW);
  /** For every tap of every weight: runs over the pixels that it joins. */
  const join = (act: (at: number, from: number, tap: number) => void) => {
    for (let b = 0; b < B; b++)
      for (let o = 0; o < O; o++)
        for (let i = 0; i < I; i++)
          for (let ky = 0; ky < KH; ky++)
            for (let kx = 0; kx < KW; kx++) {
              const tap = ((o * I + i) * KH + ky) * KW + kx;
              for (let oy = 0; oy < OH; oy++) {
                const iy = oy * sy + ky - py;
                if (iy < 0 || iy >= H) continue;
                for (let ox = 0; ox < OW; ox++) {
                  const ix = ox * stride + kx - padding;
                  if (ix >= 0 && ix < W) act(((b * O + o) * OH + oy) * OW + ox, ((b * I + i) * H + iy) * W + ix, tap);
                }
              }
            }
  };
  const [X, K] = [x.data, w.data];
  join((at, from, tap) => {
    y[at]! += X[from]! * K[tap]!;
  });
  return x.tape.node([B, O, OH, OW], y, (dy) => {
    const [dx, dw] = [x.grad, w.grad];
    join((at, from, tap) => {
      dx[from]! += dy[at]! * K[tap]!;
      dw[tap]! += dy[at]! * X[from]!;
    });
  });
}

/** Batch norm of x[B, C, ...] over all but C with the batch's biased variance. */
export function batchNorm(x: Value, gamma: Value, beta: Value, eps = 1e-5): Value {
  const [B = 0, C = 0] = x.shape;
  const P = x.size / (B * C);
  const channel = (i: number) => Math.floor(i / P) % C;
  return standardise(x, [C], channel, B * P, B * P, eps, gamma, beta, channel);
}

/** Every step of x[B, C, T] over its channels, with the unbiased variance, as the CPC audio code does. */
export function channelNorm(x: Value, gamma: Value, beta: Value, eps = 1e-5): Value {
  const [B = 0, C = 0, T = 0] = x.shape;
  const step = (i: number) => Math.floor(i / (C * T)) * T + (i % T);
  return standardise(x, [B * T], step, C, C - 1, eps, gamma, beta, (i) => Math.floor(i / T) % C);
}

/** (x - mean) / sqrt(variance + eps) within groups of n values, the variance over `n - 1` or `n`, then scale and shift by channel. */
function standardise(
  x: Value,
  shape: readonly number[],
  group: (i: number) => number,
  n: number,
  divisor: number,
  eps: number,
  gamma: Value,
  beta: Value,
  channel: (i: number) => number,
): Value {
  const mean = affine(collect(x, shape, group), 1 / n);
  const centred = add(x, affine(pick(mean, x.shape, group), -1));
  const variance = affine(collect(mul(centred, centred), shape, group), 1 / divisor, eps);
  const unit = mul(centred, pick(power(variance, -0.5), x.shape, group));
  return add(mul(unit, pick(gamma, x.shape, channel)), pick(beta, x.shape, channel));
}

/** Means over all pixels: [B, C, ...] -> [B, C]. */
export function meanPool(x: Value): Value {
  const [B = 0, C = 0] = x.shape;
  const P = x.size / (B * C);
  return affine(
    collect(x, [B, C], (i) => Math.floor(i / P)),
    1 / P,
  );
}
