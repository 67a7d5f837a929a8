import { FLOOR, melFilters, taper } from "../data/mel.ts";
import { conv1d } from "../ops/conv1d.ts";
import { melBands } from "../ops/mel_bands.ts";
import type { Layer } from "./layer.ts";
import type { Parameters } from "./parameters.ts";

/** Samples of a frame, from one to the next, of its transform, and bands: 25 ms every 10 ms at 8 kHz. */
const [WINDOW, HOP, SIZE, BANDS] = [200, 80, 256, 40];
/** Brings the logs of speech at a mean square of 1 to about mean 0 and deviation 1 (measured on the Asterisk prompts: -8.3 and 3.6). */
const STANDARD = { shift: 8, scale: 1 / 3.5 } as const;

/** Kernel, stride and padding that cut a waveform into frames centred on every 80 samples. */
export const LOG_MEL_FRAMES = [WINDOW, HOP, (WINDOW - HOP) / 2] as const;
export const LOG_MEL_BANDS = BANDS;

/**
 * Waveforms [B, 1, samples] to log-mel spectra [B, 40, T], on the device: a Hann window, a Fourier transform written as a convolution, and
 * triangular bands. Nothing of it is learned, but it is saved with the model: `NAME.fourier` [258, 1, 200], `NAME.mel` [40, 129], `NAME.range`.
 * @param rate samples per second, which the mel scale is drawn up for
 */
export function logMelLayer(parameters: Parameters, name: string, rate: number): Layer {
  const F = SIZE / 2 + 1;
  const window = taper(WINDOW, SIZE);
  const fourier = Float32Array.from({ length: 2 * F * WINDOW }, (_, at) => {
    const [row, i] = [Math.floor(at / WINDOW), at % WINDOW];
    const angle = (2 * Math.PI * (row % F) * i) / SIZE;
    return (window[i] ?? 0) * (row < F ? Math.cos(angle) : Math.sin(angle));
  });
  const filters = melFilters(rate, BANDS, SIZE);
  const mel = new Float32Array(BANDS * F);
  filters.forEach(({ first, weights }, m) => {
    mel.set(weights, m * F + first);
  });
  const range = Float32Array.from(filters.flatMap(({ first, weights }) => [first, first + weights.length]));
  const transform = parameters.buffer(`${name}.fourier`, [2 * F, 1, WINDOW], fourier);
  const bands = {
    mel: parameters.buffer(`${name}.mel`, [BANDS, F], mel),
    range: parameters.buffer(`${name}.range`, [BANDS, 2], range),
  };
  const [, stride, padding] = LOG_MEL_FRAMES;
  return (tape, x) => melBands(tape, conv1d(tape, x, transform, { stride, padding }), bands, { floor: FLOOR, ...STANDARD });
}
