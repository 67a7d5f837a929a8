import { describe, expect, test } from "vitest";
import { fromHalf, halvesFinite, LARGEST_HALF, toHalf } from "../../src/formats/half.ts";

const all = Uint16Array.from({ length: 65_536 }, (_, i) => i);

test("every half survives the way to f32 and back; NaN stays one", () => {
  const back = toHalf(fromHalf(all));
  const noNumber = (half: number) => (half & 0x7c00) === 0x7c00 && (half & 0x3ff) !== 0;
  expect([...all].filter((half) => (noNumber(half) ? !noNumber(back[half]!) : back[half] !== half))).toEqual([]);
});

test("values that the standard lists", () => {
  const values = [1, -2, 65504, 2 ** -14, 2 ** -24, 1023 / 1024 / 2 ** 14, 0, 1 / 3];
  expect([...toHalf(Float32Array.from(values))]).toEqual([0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x03ff, 0, 0x3555]);
  expect(fromHalf(Uint16Array.of(0x7bff))[0]).toBe(LARGEST_HALF);
  expect([...fromHalf(Uint16Array.of(0x7c00, 0xfc00))]).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
});

describe("rounding", () => {
  test("to the nearest half, for numbers between any two", () => {
    const values = fromHalf(all.subarray(0, 0x7c00)); // 0 to the largest, in order
    const wrong: number[] = [];
    for (let i = 0; i + 1 < values.length; i++) {
      const [low, high] = [values[i]!, values[i + 1]!];
      const [below, tie, above] = toHalf(Float32Array.of(low + 0.49 * (high - low), (low + high) / 2, low + 0.51 * (high - low)));
      if (below !== i || above !== i + 1 || tie !== i + (i & 1)) wrong.push(i);
    }
    expect(wrong).toEqual([]);
  });

  test("65520 is infinity, what is just below is the largest half, tiny numbers are zero with their sign", () => {
    expect([...toHalf(Float32Array.of(65520, 65519.9, -1e10, -1e-9))]).toEqual([0x7c00, 0x7bff, 0xfc00, 0x8000]);
  });
});

test("infinities and NaN are seen", () => {
  expect(halvesFinite(Uint16Array.of(0, 0x7bff, 0xfbff))).toBe(true);
  expect(halvesFinite(Uint16Array.of(0x7c00))).toBe(false);
  expect(halvesFinite(Uint16Array.of(0xfe00))).toBe(false);
});
