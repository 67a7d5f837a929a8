import { ShapeError } from "../errors.ts";
import { conv1d } from "../ops/conv1d.ts";
import { swapAxes } from "../ops/frame.ts";
import { melBands } from "../ops/mel_bands.ts";
import { reshape } from "../ops/reshape.ts";
import type { Layer } from "./layer.ts";
import { FLOOR, melFilters, taper } from "./mel.ts";
import type { Parameters } from "./parameters.ts";

/** Samples of a frame, from one to the next, of its transform, and bands: 25 ms every 10 ms at 8 kHz. */
const [WINDOW, HOP, SIZE, BANDS] = [200, 80, 256, 40];
/** Steps of a hop that a frame has a part of. */
const TAPS = 3;
/** Brings the logs of speech at a mean square of 1 to about mean 0 and deviation 1 (measured on the Asterisk prompts: -8.3 and 3.6). */
const STANDARD = { shift: 8, scale: 1 / 3.5 } as const;

/** Samples from one spectrum to the next; windows are a multiple of it. */
export const LOG_MEL_HOP = HOP;
export const LOG_MEL_BANDS = BANDS;

/**
 * Waveforms [B, 1, T * 80] to log-mel spectra [B, 40, T], on the device: a Hann window, a Fourier transform and triangular bands. The
 * transform is a convolution of three taps over steps of 80 samples, as channels, so that the convolutions' fast kernels do it; a frame is the
 * 200 samples around the middle of its step. Nothing is learned, but it is saved with the model: `NAME.fourier` [258, 80, 3], `NAME.mel` [40, 129], `NAME.range`.
 * @param rate samples per second, which the mel scale is drawn up for
 */
export function logMelLayer(parameters: Parameters, name: string, rate: number): Layer {
  const F = SIZE / 2 + 1;
  const window = taper(WINDOW, SIZE);
  const fourier = Float32Array.from({ length: 2 * F * HOP * TAPS }, (_, at) => {
    const [row, sample, tap] = [Math.floor(at / TAPS / HOP), Math.floor(at / TAPS) % HOP, at % TAPS];
    const i = tap * HOP + sample - (TAPS * HOP - WINDOW) / 2;
    const angle = (2 * Math.PI * (row % F) * i) / SIZE;
    return (window[i] ?? 0) * (row < F ? Math.cos(angle) : Math.sin(angle));
  });
  const filters = melFilters(rate, BANDS, SIZE);
  const mel = new Float32Array(BANDS * F);
  filters.forEach(({ first, weights }, m) => {
    mel.set(weights, m * F + first);
  });
  const range = Float32Array.from(filters.flatMap(({ first, weights }) => [first, first + weights.length]));
  const transform = parameters.buffer(`${name}.fourier`, [2 * F, HOP, TAPS], fourier);
  const bands = {
    mel: parameters.buffer(`${name}.mel`, [BANDS, F], mel),
    range: parameters.buffer(`${name}.range`, [BANDS, 2], range),
  };
  return (tape, x) => {
    const [B = 0, , samples = 0] = x.shape;
    if (samples % HOP !== 0) throw new ShapeError(`log-mel: expected a multiple of ${HOP} samples, got ${samples}`);
    const steps = swapAxes(tape, reshape(tape, x, [B, samples / HOP, HOP]));
    return melBands(tape, conv1d(tape, steps, transform, { padding: 1 }), bands, { floor: FLOOR, ...STANDARD });
  };
}
