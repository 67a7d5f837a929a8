import { describe, expect, test } from "vitest";
import { labelsOf, soundDataset } from "../../src/data/sound.ts";
import { UsageError } from "../../src/errors.ts";
import { LogMel, type LogMelOptions, logMelRows } from "../../src/evaluate/log_mel.ts";

/** The same spectra from their definition: a slow discrete Fourier transform of every frame, and each triangle from its corners in mel. */
function slow(
  clip: Float32Array,
  rate: number,
  { bands = 40, level = true, windowSeconds = 0.025, hopSeconds = 0.01 }: LogMelOptions,
): number[][] {
  const [window, hop] = [Math.round(windowSeconds * rate), Math.round(hopSeconds * rate)];
  let size = 1;
  while (size < window) size *= 2;
  let square = 0;
  for (const sample of clip) square += sample ** 2 / clip.length;
  const gain = level && square > 0 ? square ** -0.5 : 1;
  const hann = Array.from({ length: window }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / window) ** 2);
  const energy = hann.reduce((sum, w) => sum + w ** 2, 0);
  const mel = (hertz: number) => 2595 * Math.log10(1 + hertz / 700);
  const step = mel(rate / 2) / (bands + 1);
  const hertz = (m: number) => 700 * (10 ** (m / 2595) - 1);
  const triangle = (band: number, f: number): number => {
    const [a, b, c] = [hertz(band * step), hertz((band + 1) * step), hertz((band + 2) * step)];
    if (f <= a || f >= c) return 0;
    return f <= b ? (f - a) / (b - a) : (c - f) / (c - b);
  };
  const frames: number[][] = [];
  for (let start = 0; start + window <= clip.length || start === 0; start += hop) {
    const power = Array.from({ length: size / 2 + 1 }, (_, k) => {
      let [re, im] = [0, 0];
      for (let i = 0; i < window; i++) {
        const value = gain * (clip[start + i] ?? 0) * (hann[i] ?? 0);
        re += value * Math.cos((2 * Math.PI * k * i) / size);
        im -= value * Math.sin((2 * Math.PI * k * i) / size);
      }
      return (2 * (re ** 2 + im ** 2)) / (energy * size);
    });
    frames.push(
      Array.from({ length: bands }, (_, band) =>
        Math.log(1e-6 + power.reduce((sum, p, k) => sum + p * triangle(band, (k * rate) / size), 0)),
      ),
    );
  }
  return frames;
}

const noise = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => {
    const v = Math.sin(12.9898 * (i + 1)) * 43758.5453;
    return 0.3 * (v - Math.floor(v)) + 0.1 * Math.sin(i / 3);
  });

describe("log-mel spectra", () => {
  test.each<[string, number, number, LogMelOptions]>([
    ["a clip at 8 kHz", 8000, 777, {}],
    ["one at 16 kHz, of another number of bands, not levelled", 16000, 1201, { bands: 23, level: false }],
    ["just one frame", 8000, 200, {}],
    ["less than a frame", 8000, 55, {}],
    ["a window that is a power of two", 8000, 300, { windowSeconds: 0.032, hopSeconds: 0.0125 }],
    ["silence", 8000, 300, {}],
  ])("of %s are those of the definition", (what, rate, length, options) => {
    const clip = what === "silence" ? new Float32Array(length) : noise(length);
    const logMel = new LogMel(rate, options);
    const [got, expected] = [logMel.spectra(clip), slow(clip, rate, options)];
    expect(logMel.frames(length)).toBe(expected.length);
    for (const [i, value] of expected.flat().entries()) expect(Math.abs((got[i] ?? 99) - value)).toBeLessThan(1e-9);
    const mean = Array.from(
      { length: logMel.bands },
      (_, band) => expected.reduce((sum, frame) => sum + (frame[band] ?? 0), 0) / expected.length,
    );
    for (const [band, value] of logMel.mean(clip).entries()) expect(Math.abs(value - (mean[band] ?? 99))).toBeLessThan(1e-9);
  });

  test("of a sine hold its power, in the bands around it", () => {
    const clip = Float32Array.from({ length: 4000 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 1000 * i) / 8000));
    const mean = [...new LogMel(8000, { level: false }).mean(clip)].map((value) => Math.exp(value) - 1e-6);
    expect(mean.reduce((sum, power) => sum + power, 0)).toBeCloseTo(0.125, 3);
    const loudest = mean.indexOf(Math.max(...mean));
    const centre = 700 * (10 ** (((loudest + 1) / 41) * Math.log10(1 + 4000 / 700)) - 1);
    expect(Math.abs(centre - 1000)).toBeLessThan(60);
  });

  test("do not tell loudness, when levelled", () => {
    const clip = noise(900);
    const [loud, quiet] = [new LogMel(8000), new LogMel(8000)].map((logMel, i) => logMel.mean(clip.map((v) => v * (i === 0 ? 1 : 0.125))));
    for (const [band, value] of (loud ?? []).entries()) expect(quiet?.[band]).toBeCloseTo(value, 9);
  });

  test.each<LogMelOptions>([{ bands: 0 }, { windowSeconds: 0 }, { hopSeconds: -1 }, { band: 3 } as LogMelOptions])(
    "refuse %j",
    (options) => {
      expect(() => new LogMel(8000, options)).toThrow(UsageError);
    },
  );
});

test("rows of a data set are the means of its clips", async () => {
  const clips = [noise(500), noise(321)];
  const data = soundDataset({ name: "two", rate: 8000, clips, labels: { speaker: labelsOf(["a", "b"]) } });
  const { data: rows, shape } = await logMelRows(data, { bands: 12 });
  expect(shape).toEqual([2, 12]);
  const logMel = new LogMel(8000, { bands: 12 });
  expect(rows).toEqual(Float32Array.from(clips.flatMap((clip) => [...logMel.mean(clip)])));
});
