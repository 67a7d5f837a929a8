import { describe, expect, test } from "vitest";
import { drawnRows, NO_FRAME, shuffled } from "./cpc_truth.ts";

// The twin of shaders/lib/shuffles.wgsl and shaders/predict/cpc_draw.wgsl: the kernel equals it (test/kernels/cpc_draw.ts), so what holds here holds there.

test.each([1, 2, 3, 5, 16, 17, 1000])("shuffles of %i are permutations", (n) => {
  for (let key = 0; key < 5; key++) {
    const images = new Set(Array.from({ length: n }, (_, i) => shuffled(i, n, 99, 7, key)));
    expect(images.size).toBe(n);
    for (const image of images) expect(image).toBeLessThan(n);
  }
});

test.each([3, 10, 12])("over keys, every image of %i is as likely as another", (n) => {
  const keys = 4000;
  for (let i = 0; i < n; i++) {
    const counts = new Array<number>(n).fill(0);
    for (let key = 0; key < keys; key++) counts[shuffled(i, n, 5, 0, key)]! += 1;
    const chi = counts.reduce((sum, count) => sum + (count - keys / n) ** 2 / (keys / n), 0);
    expect(chi, `chi square of ${i}`).toBeLessThan(n - 1 + 5 * Math.sqrt(2 * (n - 1))); // five standard deviations
  }
});

describe("drawn rows", () => {
  const groups = [7, 8, 7, 9, 7, 8];
  const [B, T, n] = [6, 5, 8];
  const draw = (scope: number, step = 2) => drawnRows({ B, T, n, scope, groups, seed: 4, step });
  const sequenceOf = (row: number) => Math.floor(row / T);

  test.each([
    [0, () => true],
    [1, (b: number, c: number) => b === c],
    [2, (b: number, c: number) => b !== c],
    [3, (b: number, c: number) => groups[b] === groups[c]],
    [4, (b: number, c: number) => b !== c && groups[b] === groups[c]],
  ])("scope %i: within it, and every row drawn once by each j", (scope, allowed) => {
    const drawn = draw(scope);
    for (let j = 0; j < n; j++) {
      const rows = Array.from({ length: B * T }, (_, a) => drawn[a * n + j]!).filter((row) => row !== NO_FRAME);
      expect(new Set(rows).size).toBe(scope === 4 ? (B - 1) * T : B * T); // speaker 9 is alone
    }
    drawn.forEach((row, i) => {
      if (row !== NO_FRAME) expect(allowed(sequenceOf(Math.floor(i / n)), sequenceOf(row)), `${i} drew ${row}`).toBe(true);
    });
  });

  test("another step draws others", () => {
    expect(draw(0, 3)).not.toEqual(draw(0, 2));
  });
});
