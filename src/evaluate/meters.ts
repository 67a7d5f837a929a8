import { type HostRows, rowShape } from "../bank/rows.ts";
import { ShapeError } from "../errors.ts";
import { Purpose, randomBelow, randomStream } from "../random.ts";
import { symmetricEigen } from "./eigen.ts";

/** Rows of length 1 in float64. Rows of zeros stay zero. */
export function unitRows(rows: HostRows): { unit: Float64Array; n: number; d: number } {
  const [n, d] = rowShape(rows, "features");
  const unit = Float64Array.from(rows.data);
  for (let i = 0; i < n; i++) {
    const row = unit.subarray(i * d, (i + 1) * d);
    const norm = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0)) || 1;
    row.forEach((v, k) => {
      row[k] = v / norm;
    });
  }
  return { unit, n, d };
}

/** Mean of each column of [n, d]. */
export function columnMeans(rows: ArrayLike<number>, n: number, d: number): Float64Array {
  const mean = new Float64Array(d);
  for (let i = 0; i < n * d; i++) mean[i % d] = (mean[i % d] ?? 0) + (rows[i] ?? 0) / n;
  return mean;
}

/** Rows [N, D] without the mean of `of`'s rows [M, D]: by default, of their own. */
export function centredOn({ data, shape }: HostRows, of: HostRows = { data, shape }): HostRows {
  const [, D] = shape;
  const mean = columnMeans(of.data, of.shape[0], D);
  return { data: data.map((value, i) => value - (mean[i % D] ?? 0)), shape };
}

/**
 * Mean cosine of two different rows of features [N, D]: near 0 when they are spread out, 1 when all point one way. From the mean
 * vector alone: (N^2 |mean|^2 - N) / (N (N - 1)). 0 for a single row.
 */
export function meanPairwiseCosine(features: HostRows): number {
  const { unit, n, d } = unitRows(features);
  if (n < 2) return 0;
  const squared = columnMeans(unit, n, d).reduce((sum, v) => sum + v * v, 0);
  const own = unit.reduce((sum, v) => sum + v * v, 0); // N, less the rows of zeros
  return (n * n * squared - own) / (n * (n - 1));
}

/** Pairs that `uniformity` looks at: all of them up to this many, else as many drawn ones. */
const PAIRS = 500_000;

/**
 * log of the mean over pairs of exp(-2 |x - y|^2), rows on the unit sphere (Wang and Isola 2020, L_uniform with t = 2): 0 when all
 * rows are one, about -4 + 4 / D when they are spread evenly. Repeatable: beyond 500,000 pairs a fixed draw of them is taken.
 */
export function uniformity(features: HostRows): number {
  const { unit, n, d } = unitRows(features);
  if (n < 2) return 0;
  let sum = 0;
  const add = (i: number, j: number): void => {
    let squared = 0;
    for (let k = 0; k < d; k++) squared += ((unit[i * d + k] ?? 0) - (unit[j * d + k] ?? 0)) ** 2;
    sum += Math.exp(-2 * squared);
  };
  const all = (n * (n - 1)) / 2;
  if (all <= PAIRS) {
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) add(i, j);
    return Math.log(sum / all);
  }
  const stream = randomStream(0, Purpose.evaluate);
  for (let pair = 0; pair < PAIRS; pair++) {
    const i = randomBelow(n, stream, pair, 0, 0);
    const j = randomBelow(n - 1, stream, pair, 1, 0);
    add(i, j < i ? j : j + 1);
  }
  return Math.log(sum / PAIRS);
}

/**
 * Mean squared distance of the two views of each sample, rows on the unit sphere (Wang and Isola 2020, L_align with alpha = 2):
 * 0 when both views of every sample have the same feature, 2 when they have nothing to do with each other.
 * @throws ShapeError unless both are [N, D] of the same sizes
 */
export function alignment(first: HostRows, second: HostRows): number {
  const [a, b] = [unitRows(first), unitRows(second)];
  if (a.n !== b.n || a.d !== b.d)
    throw new ShapeError(`alignment: the views must have one shape, got [${first.shape}] and [${second.shape}]`);
  return a.unit.reduce((sum, v, i) => sum + (v - (b.unit[i] ?? 0)) ** 2, 0) / a.n;
}

/** Covariance [D, D] of features [N, D] about their mean, divided by N. */
export function covariance(features: HostRows): { matrix: Float64Array; mean: Float64Array } {
  const [n, d] = rowShape(features, "features");
  const mean = columnMeans(features.data, n, d);
  const matrix = new Float64Array(d * d);
  const row = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < d; k++) row[k] = (features.data[i * d + k] ?? 0) - (mean[k] ?? 0);
    for (let k = 0; k < d; k++) {
      const v = (row[k] ?? 0) / n;
      for (let l = 0; l <= k; l++) matrix[k * d + l] = (matrix[k * d + l] ?? 0) + v * (row[l] ?? 0);
    }
  }
  for (let k = 0; k < d; k++) for (let l = 0; l < k; l++) matrix[l * d + k] = matrix[k * d + l] ?? 0;
  return { matrix, mean };
}

/**
 * Effective rank of features [N, D] (Roy and Vetterli 2007): exp of the entropy of the covariance's eigenvalues as shares of their
 * sum. D when the features use all directions alike, near 1 when they lie on a line, 0 when they are all the same.
 */
export function effectiveRank(features: HostRows): number {
  return rankOf(covariance(features).matrix, features.shape[1]);
}

/** `effectiveRank` of a covariance [D, D]. */
function rankOf(matrix: Float64Array, D: number): number {
  const values = symmetricEigen(matrix, D).values.map((v) => Math.max(v, 0));
  const total = values.reduce((sum, v) => sum + v, 0);
  if (total < 1e-12) return 0;
  return Math.exp(values.reduce((entropy, v) => (v > 0 ? entropy - (v / total) * Math.log(v / total) : entropy), 0));
}

export interface Symptoms {
  /** `meanPairwiseCosine` of the features. */
  readonly meanCosine: number;
  /** Loss of a softmax objective, in nats; left out where the loss is of another kind (NCE). */
  readonly loss?: number | undefined;
  /** ln of the number of candidates: what a softmax loses when it knows nothing. */
  readonly logN?: number | undefined;
}

/** Mean cosines from which features are said to collapse; healthy ones stay below about 0.3 (reading/recipes.md). */
const COLLAPSED = 0.9;
const DRIFTING = 0.6;
/** Share of ln N from which a softmax loss is at chance: 0.2 nats or less below it, in practice. */
const CHANCE = 0.98;

/** What is wrong with the features, in words for the person who trains, or undefined when nothing is. */
export function collapseWarning({ meanCosine, loss, logN }: Symptoms): string | undefined {
  const cosine = meanCosine.toFixed(2);
  const advice =
    'Use the standardised head (encoder option `head: "standardised"`), start the bank from the encoder\'s features, or lower the learning rate.';
  if (meanCosine >= COLLAPSED)
    return `The features have collapsed: any two of them have a cosine of ${cosine} on average (1 = all the same). ${advice}`;
  if (loss !== undefined && logN !== undefined && loss >= CHANCE * logN && loss <= logN / CHANCE) {
    return `The loss, ${loss.toFixed(2)}, is that of guessing (ln N = ${logN.toFixed(2)}): the encoder tells no sample from another. ${advice}`;
  }
  if (meanCosine >= DRIFTING)
    return `The features drift into a common direction: their mean pairwise cosine is ${cosine} (healthy: below 0.3). ${advice}`;
  return undefined;
}

/** How much of their room vectors use. */
export interface Spread {
  /** `effectiveRank`, 0 to `dim`. */
  readonly rank: number;
  /** Numbers of a vector that are the same in all of them. */
  readonly dead: number;
  readonly dim: number;
}

/** Share of the mean variance of the columns below which a column is said to be constant. */
const CONSTANT = 1e-6;

/** @param rows [N, D], N of 2 or more */
export function spreadOf(rows: HostRows): Spread {
  const [, dim] = rows.shape;
  const { matrix } = covariance(rows);
  const variances = Array.from({ length: dim }, (_, k) => matrix[k * dim + k] ?? 0);
  const mean = variances.reduce((sum, v) => sum + v, 0) / dim;
  return { rank: rankOf(matrix, dim), dead: variances.filter((v) => v <= CONSTANT * mean).length, dim };
}

/** What a prediction of latents from contexts is worth. */
export interface PredictionSymptoms {
  readonly latents: Spread;
  readonly contexts: Spread;
  /** Of the last step, and of guessing. */
  readonly loss?: number | undefined;
  readonly chance?: number | undefined;
}

/** Effective rank below which vectors are said to have collapsed: they lie on a line, or nearly. */
const LINE = 1.5;
/** Share of numbers that never change from which it is worth a word. */
const DEAD = 0.5;
/** Share of the loss of guessing from which a prediction is said to know nothing. */
const GUESSING = 0.99;

/** What is wrong with latents and contexts, in words for the person who trains; nothing when nothing is. */
export function predictionWarnings({ latents, contexts, loss, chance }: PredictionSymptoms): string[] {
  const of = ([name, { rank, dead, dim }]: readonly [string, Spread]): string[] => {
    if (rank < LINE)
      return [`The ${name} have collapsed: of ${dim} directions they use ${rank.toFixed(1)} (effective rank). Lower the learning rate.`];
    return dead >= DEAD * dim
      ? [`${dead} of ${dim} numbers of the ${name} never change: a narrower encoder, or a lower rate, wastes less.`]
      : [];
  };
  const spreads = (
    [
      ["latents", latents],
      ["contexts", contexts],
    ] as const
  ).flatMap(of);
  if (loss === undefined || chance === undefined || loss < GUESSING * chance) return spreads;
  const guess = `The loss, ${loss.toFixed(2)}, is that of guessing (${chance.toFixed(2)}): nothing is predicted yet. Train longer, or take another learning rate.`;
  return [...spreads, guess];
}
