import { plainView } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { imageInputs, LEVELS, viewOf } from "../view_cases.ts";

const sizes = [
  { N: 1, C: 1, P: 1, B: 1 },
  { N: 5, C: 3, P: 35, B: 4 },
  { N: 3, C: 5, P: 257, B: 2 },
  { N: 2, C: 1, P: 256, B: 3 },
] as const;

export const kernelCase = kernelCaseOf({
  kernel: plainView,
  cases: sizes.map((size) => ({ params: { ...size, ...LEVELS }, grid: [Math.ceil(size.P / 256), size.B] })),
  inputs: ({ N, C, P, B }, random) => imageInputs({ N, C, H: 1, W: P }, B, random),
  ref: (inputs, params) => {
    const { N, C, P } = params;
    const whole = { point: (x: number, y: number) => [x, y] as const, low: [0, 0] as const, high: [P - 1, 0] as const, repeat: true };
    return { view: viewOf(inputs, { N, C, H: 1, W: P }, [1, P], params, () => whole) };
  },
});
