import { plainView } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { byteAt, imageInputs, LEVELS, viewOf } from "../view_cases.ts";

const sizes = [
  { N: 1, C: 1, P: 1, B: 1 },
  { N: 5, C: 3, P: 35, B: 4 },
  { N: 3, C: 5, P: 257, B: 2 },
  { N: 2, C: 1, P: 256, B: 3 },
  { N: 3, C: 1, P: 70, B: 2, K: 5 }, // class numbers
];

export const kernelCase = kernelCaseOf({
  kernel: plainView,
  cases: sizes.map(({ K, ...size }) => ({
    params: { ...size, K: K ?? size.C, ...LEVELS },
    overrides: { CLASSES: K === undefined ? 0 : 1 },
    grid: [Math.ceil(size.P / 256), size.B],
  })),
  inputs: ({ N, C, P, B, K }, random) => imageInputs({ N, C, H: 1, W: P }, B, random, K === C ? 256 : K),
  ref: (inputs, params, _step, { CLASSES }) => {
    const { N, C, P, B, K } = params;
    if (CLASSES) {
      const bytes = (b: number, i: number) => byteAt(given(inputs, "images"), given(inputs, "index")[b]! * P + i);
      return { view: fill(B * K * P, (i) => Number(bytes(Math.floor(i / (K * P)), i % P) === Math.floor(i / P) % K)) };
    }
    const whole = { point: (x: number, y: number) => [x, y] as const, low: [0, 0] as const, high: [P - 1, 0] as const, repeat: true };
    return { view: viewOf(inputs, { N, C, H: 1, W: P }, [1, P], params, () => whole) };
  },
});
