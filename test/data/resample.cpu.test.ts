import { describe, expect, test } from "vitest";
import { Resampler, resample } from "../../src/data/resample.ts";
import { UsageError } from "../../src/errors.ts";

/** The same filter from its formula, a sample at a time over the whole source, with the Bessel function as an integral. */
function slow(source: Float32Array, from: number, to: number): Float64Array {
  const cutoff = 0.945 * Math.min(1, to / from);
  const reach = Math.ceil(32 / cutoff);
  const i0 = (x: number): number => {
    const steps = 60; // of a periodic function: exact to rounding
    let sum = 0;
    for (let s = 0; s < steps; s++) sum += Math.exp(x * Math.cos((Math.PI * (s + 0.5)) / steps)) / steps;
    return sum;
  };
  return Float64Array.from({ length: Math.ceil((source.length * to) / from) }, (_, n) => {
    const t = (n * from) / to;
    let [sum, norm] = [0, 0];
    for (let k = Math.floor(t) - reach + 1; k <= Math.floor(t) + reach; k++) {
      const x = k - t;
      const ideal = Math.abs(x) < 1e-12 ? 1 : Math.sin(Math.PI * cutoff * x) / (Math.PI * cutoff * x);
      const weight = Math.abs(x) < reach ? ideal * i0(8 * Math.sqrt(1 - (x / reach) ** 2)) : 0;
      norm += weight;
      sum += weight * (source[k] ?? 0);
    }
    return sum / norm;
  });
}

const noise = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => {
    const v = Math.sin(12.9898 * (i + 1)) * 43758.5453;
    return 2 * (v - Math.floor(v)) - 1;
  });
const sine = (length: number, cycles: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(2 * Math.PI * cycles * i + 0.3));

describe("resampling", () => {
  test.each([
    [16000, 8000, 301],
    [8000, 16000, 97],
    [44100, 16000, 500],
    [8000, 11025, 64],
    [48000, 8000, 1],
    [3, 2, 7],
  ])("from %s to %s is the filter of the formula", (from, to, length) => {
    const source = noise(length);
    const [got, expected] = [resample(source, from, to), slow(source, from, to)];
    expect(got).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expect(Math.abs((got[i] ?? 9) - value)).toBeLessThan(1e-6);
  });

  test.each([
    [44100, 16000],
    [16000, 8000],
    [8000, 16000],
    [8000, 11025],
  ])("from %s to %s keeps tones up to 0.85 of the lower Nyquist frequency within 1e-4", (from, to) => {
    for (const share of [0.01, 0.3, 0.6, 0.85]) {
      const cycles = (share * Math.min(from, to)) / 2;
      const got = resample(sine(from / 10, cycles / from), from, to);
      const expected = sine(got.length, cycles / to);
      const [start, end] = [got.length >> 2, (3 * got.length) >> 2];
      for (let i = start; i < end; i++) expect(Math.abs((got[i] ?? 9) - (expected[i] ?? 0))).toBeLessThan(1e-4);
    }
  });

  test.each([1.02, 1.2, 1.9])("takes a tone of %s of the new Nyquist frequency 80 dB down", (share) => {
    const got = resample(sine(4410, (share * 8000) / 44100), 44100, 16000);
    expect(Math.max(...got.subarray(400, 1200).map(Math.abs))).toBeLessThan(1e-4);
  });

  test("keeps a level exactly, and the duration", () => {
    const level = resample(new Float32Array(2000).fill(0.25), 44100, 16000);
    for (const value of level.subarray(200, 500)) expect(value).toBe(0.25);
    expect(resample(new Float32Array(100).fill(0.5), 8000, 16000)).toHaveLength(200);
  });

  test.each([
    [44100, 16000],
    [8000, 11025],
  ])("of a span, from %s to %s, is that of the whole", (from, to) => {
    const source = noise(700);
    const whole = resample(source, from, to);
    const resampler = new Resampler(from, to);
    for (const [start, length] of [
      [0, 5],
      [100, 37],
      [whole.length - 9, 9],
      [0, whole.length],
      [3, 0],
    ] as const) {
      const needs = resampler.needs(start, length, source.length);
      const part = resampler.apply(source.subarray(needs.from, needs.end), needs.from, start, length);
      expect(part).toEqual(whole.subarray(start, start + length));
    }
  });

  test.each([
    [8000.5, 8000],
    [8000, 0],
    [Number.NaN, 8000],
  ])("refuses %s to %s", (from, to) => {
    expect(() => new Resampler(from, to)).toThrow(UsageError);
  });
});
