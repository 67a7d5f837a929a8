/** Added to the power of a band, full scale being a mean square of 1: 60 dB below that the log stops falling. */
export const FLOOR = 1e-6;

/**
 * A Hann window of `length` samples, scaled so that squared magnitudes of a transform of `size` numbers, summed over the bins from 0 to
 * size / 2, give a frame's mean square (Parseval, both halves of the spectrum).
 */
export function taper(length: number, size: number): Float64Array {
  const hann = Float64Array.from({ length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / length));
  const power = hann.reduce((sum, w) => sum + w * w, 0);
  const scale = Math.sqrt(2 / (power * size));
  return hann.map((w) => w * scale);
}

/** A triangle over bins first, first + 1 and so on of a power spectrum. */
export interface MelFilter {
  readonly first: number;
  readonly weights: Float64Array;
}

/** Triangles whose corners are the centres of the bands beside them, evenly apart on the mel scale. */
export function melFilters(rate: number, bands: number, size: number): MelFilter[] {
  const top = 2595 * Math.log10(1 + rate / 2 / 700);
  const corner = (band: number): number => (700 * (10 ** ((top * band) / (bands + 1) / 2595) - 1) * size) / rate;
  return Array.from({ length: bands }, (_, band) => {
    const [left, centre, right] = [corner(band), corner(band + 1), corner(band + 2)];
    const first = Math.ceil(left);
    const weights = Float64Array.from({ length: Math.max(0, Math.floor(right) - first + 1) }, (_, k) => {
      const bin = first + k;
      return Math.max(0, Math.min((bin - left) / (centre - left), (right - bin) / (right - centre)));
    });
    return { first, weights };
  });
}
