import { peakFma } from "../../src/gpu/kernels.gen.ts";
import { fill, kernelCaseOf, sum } from "../kernel_case.ts";

/** One chain of 8 R multiply-adds. */
function chain(start: number, turns: number, a: number, b: number): number {
  let value = start;
  for (let i = 0; i < 8 * turns; i++) value = value * a + b;
  return value;
}

export const kernelCase = kernelCaseOf({
  kernel: peakFma,
  cases: [1, 65].flatMap((T) => [0, 1, 3].map((R) => ({ params: { T, R, a: 0.875, b: 0.25 }, grid: [Math.ceil(T / 64)] }))),
  ref: (_, { T, R, a, b }) => ({
    y: fill(T, (i) => sum(12, (k) => chain((i % 8) + (k % 4) + [0, 0.5, 0.25][Math.floor(k / 4)]!, R, a, b))),
  }),
});
