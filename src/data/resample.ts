import { UsageError } from "../errors.ts";

/** Zero crossings of the sinc on each side; more make the band edge steeper. */
const ZEROS = 32;
/** Edge of the band that is kept, as a share of the lower Nyquist frequency. */
const ROLLOFF = 0.945;
/** Shape of the Kaiser window: how far down what should vanish is. */
const BETA = 8;

/**
 * Brings sound to another rate: band-limited interpolation by a sinc under a Kaiser window (J. O. Smith, "Digital Audio Resampling Home Page";
 * Kaiser 1974), in float64. Of the lower Nyquist frequency: tones up to 0.85 of it are kept within 1e-4, from 1.02 of it on they are 80 dB
 * down. Sample n of the result is the sound at time n / to; before and after the clip there is silence. A sample depends on its own
 * neighbourhood only, so that any span of a clip can be made from a span of the file, and is the same as in the whole.
 */
export class Resampler {
  readonly #up: number;
  readonly #down: number;
  /** Source samples on each side of a point that its weights reach. */
  readonly #reach: number;
  /** Weights of the distinct fractions of a source sample, made when first used. */
  readonly #weights = new Map<number, Float64Array>();

  /** @throws UsageError unless both rates are whole numbers of samples per second */
  constructor(from: number, to: number) {
    for (const rate of [from, to]) {
      if (!Number.isInteger(rate) || rate < 1 || rate > 2 ** 24)
        throw new UsageError(`resample: expected whole rates, got ${from} to ${to}`);
    }
    const common = greatestCommonDivisor(from, to);
    this.#up = to / common;
    this.#down = from / common;
    this.#reach = Math.ceil(ZEROS / this.#cutoff);
  }

  /** Cycles per source sample that are kept, doubled: 1 is the source's Nyquist frequency. */
  get #cutoff(): number {
    return ROLLOFF * Math.min(1, this.#up / this.#down);
  }

  /** Samples that `samples` of the source become. */
  length(samples: number): number {
    return Math.ceil((samples * this.#up) / this.#down);
  }

  /** The samples [from, end) of a source of `samples` that samples [from, from + length) of the result are made from. */
  needs(from: number, length: number, samples: number): { from: number; end: number } {
    if (length === 0) return { from: 0, end: 0 };
    const first = Math.floor((from * this.#down) / this.#up) - this.#reach + 1;
    const last = Math.floor(((from + length - 1) * this.#down) / this.#up) + this.#reach;
    return { from: Math.min(samples, Math.max(0, first)), end: Math.max(0, Math.min(samples, last + 1)) };
  }

  /**
   * Samples [from, from + length) of the result.
   * @param source what `needs` names, the first being sample `at` of the source
   */
  apply(source: Float32Array, at: number, from: number, length: number): Float32Array {
    const out = new Float32Array(length);
    for (let i = 0; i < length; i++) {
      const position = (from + i) * this.#down;
      const weights = this.#weightsOf(position % this.#up);
      const first = Math.floor(position / this.#up) - this.#reach + 1 - at;
      const [start, end] = [Math.max(0, -first), Math.min(weights.length, source.length - first)];
      let sum = 0;
      for (let k = start; k < end; k++) sum += (weights[k] ?? 0) * (source[first + k] ?? 0);
      out[i] = sum;
    }
    return out;
  }

  /** Of the source samples floor(t) - reach + 1 to floor(t) + reach, for t with the fraction `phase` / up. They sum to 1. */
  #weightsOf(phase: number): Float64Array {
    const known = this.#weights.get(phase);
    if (known) return known;
    const fraction = phase / this.#up;
    const weights = Float64Array.from({ length: 2 * this.#reach }, (_, k) => {
      const x = k - this.#reach + 1 - fraction;
      return sinc(this.#cutoff * x) * kaiser(x / this.#reach);
    });
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const scaled = weights.map((weight) => weight / sum);
    this.#weights.set(phase, scaled);
    return scaled;
  }
}

/** The whole of a clip at another rate, as `Resampler`. @throws UsageError as its constructor */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  const resampler = new Resampler(from, to);
  return resampler.apply(samples, 0, 0, resampler.length(samples.length));
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const kaiser = (x: number): number => (Math.abs(x) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA));

/** The modified Bessel function of the first kind, I_0, by its series. */
function bessel(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));
