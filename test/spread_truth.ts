/** InvaSpread by the book, in float64 and slow: what `shaders/contrast/spread_*.wgsl` must give. */
export interface SpreadSetting {
  readonly M: number;
  readonly D: number;
  readonly temperature: number;
  readonly weight: number;
  readonly self: boolean;
}

export interface SpreadTruth {
  /** [M]: -ln p of the twin. */
  readonly attract: Float64Array;
  /** [M]: weighted sum of -ln(1 - p) over negatives. */
  readonly spread: Float64Array;
  /** [M, M]: derivative of the mean loss by each score's cosine. */
  readonly g: Float64Array;
}

/** Losses and derivatives from the definition; 1 - p is summed over the other candidates, one by one. Scores are x_i . y_j. */
export function spreadTruth(
  x: ArrayLike<number>,
  { M, D, temperature, weight, self }: SpreadSetting,
  y: ArrayLike<number> = x,
): SpreadTruth {
  const [attract, spread, g] = [new Float64Array(M), new Float64Array(M), new Float64Array(M * M)];
  for (let i = 0; i < M; i++) {
    const twin = (i + M / 2) % M;
    const s = Array.from({ length: M }, (_, j) => product(x, i, y, j, D) / temperature);
    const top = Math.max(...s);
    const e = s.map((score) => Math.exp(score - top));
    const w = s.map((_, j) => (j === twin ? 1 : j === i && !self ? 0 : weight));
    const whole = e.reduce((sum, value, j) => sum + w[j]! * value, 0);
    const others = (j: number) => e.reduce((sum, value, k) => sum + (k === j ? 0 : w[k]! * value), 0);
    const negative = (j: number) => j !== i && j !== twin;
    const r = e.map((value, j) => (negative(j) ? value / (others(j) + (weight - 1) * value) : 0));
    attract[i] = Math.log1p(others(twin) / e[twin]!);
    spread[i] = weight * r.reduce((sum, odds) => sum + Math.log1p(odds), 0);
    for (let j = 0; j < M; j++) {
      const q = e[j]! / whole;
      const R = r.reduce((sum, odds, k) => sum + (k === j ? 0 : odds), 0);
      const own = negative(j) ? r[j]! * (others(j) / whole) : 0; // r_j - w q_j r_j
      const pull = j === twin ? -others(j) / whole : w[j]! * q;
      g[i * M + j] = (pull + weight * (own - w[j]! * q * R)) / (temperature * M);
    }
  }
  return { attract, spread, g };
}

/** [M, D]: the gradient into anchors alone, or into both ends of every pair. */
export function spreadGradientTruth(x: ArrayLike<number>, g: ArrayLike<number>, M: number, D: number, full: boolean): Float64Array {
  const dx = new Float64Array(M * D);
  for (let i = 0; i < M; i++)
    for (let j = 0; j < M; j++) {
      const weight = g[i * M + j]! + (full ? g[j * M + i]! : 0);
      for (let d = 0; d < D; d++) dx[i * D + d]! += weight * x[j * D + d]!;
    }
  return dx;
}

function product(x: ArrayLike<number>, i: number, y: ArrayLike<number>, j: number, D: number): number {
  let sum = 0;
  for (let d = 0; d < D; d++) sum += x[i * D + d]! * y[j * D + d]!;
  return sum;
}
