import { indexBelow, Purpose, randomStream, randomVec4, unitF32 } from "../../src/random.ts";

/** How one view changes: operations in order (0 brightness, 1 contrast, 2 saturation) with their factors, then grey or not. */
export interface Change {
  readonly order: readonly number[];
  readonly factors: readonly [number, number, number];
  readonly grey: boolean;
}

/** What the kernel draws for sample `id` at seed 0, step 0, view 0: factors within 1 - range to 1 + range, the order of four operations. */
export function drawChange(id: number, range: number, greyscale: number): Change {
  const stream = randomStream(0, Purpose.augment);
  const units = randomVec4(stream, 0, id, 11).map(unitF32);
  const [, grey, code] = randomVec4(stream, 0, id, 12);
  const factor = (op: number) => 1 - range + 2 * range * (units[op] ?? 0);
  const left = [0, 1, 2, 3];
  let rest = indexBelow(code, 24);
  const order = [4, 3, 2, 1].map((n) => {
    const [drawn = 0] = left.splice(rest % n, 1);
    rest = Math.floor(rest / n);
    return drawn;
  });
  // The fourth is the hue, which stays.
  return { order: order.filter((op) => op < 3), factors: [factor(0), factor(1), factor(2)], grey: unitF32(grey) < greyscale };
}

const luma = (r: number, g: number, b: number): number => 0.2989 * r + 0.587 * g + 0.114 * b;

/** One view [3, P] recoloured: each operation blends with black, with the view's mean grey or with the pixel's own grey, and clamps. */
export function recoloured(view: ArrayLike<number>, P: number, { order, factors, grey }: Change): Float64Array {
  const v = Float64Array.from(view);
  const greys = () => Float64Array.from({ length: P }, (_, i) => luma(v[i] ?? 0, v[P + i] ?? 0, v[2 * P + i] ?? 0));
  for (const op of order) {
    const own = greys();
    const mean = own.reduce((a, b) => a + b, 0) / P;
    const factor = factors[op] ?? 1;
    for (let i = 0; i < 3 * P; i++) {
      const other = op === 0 ? 0 : op === 1 ? mean : (own[i % P] ?? 0);
      v[i] = Math.min(Math.max(factor * (v[i] ?? 0) + (1 - factor) * other, 0), 1);
    }
  }
  if (!grey) return v;
  const own = greys();
  return v.map((_, i) => own[i % P] ?? 0);
}
