import { patchGrid } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour } from "../kernel_simple.ts";

/** One pixel; overlapping, touching and spaced patches; rows and columns left over. */
const sizes = [
  { B: 1, C: 1, H: 1, W: 1, GY: 1, GX: 1, P: 1, S: 1 },
  { B: 2, C: 3, H: 9, W: 12, GY: 3, GX: 5, P: 4, S: 2 },
  { B: 3, C: 1, H: 7, W: 10, GY: 2, GX: 3, P: 3, S: 3 },
  { B: 1, C: 2, H: 8, W: 5, GY: 3, GX: 2, P: 2, S: 3 },
];

export const kernelCase = kernelCaseOf({
  kernel: patchGrid,
  cases: sizes.map((params) => ({ params, grid: perFour(params.B * params.GY * params.GX * params.C * params.P ** 2) })),
  ref: (inputs, { B, C, H, W, GY, GX, P, S }) => {
    const y: number[] = [];
    for (let b = 0; b < B; b++)
      for (let gy = 0; gy < GY; gy++)
        for (let gx = 0; gx < GX; gx++)
          for (let c = 0; c < C; c++)
            for (let i = 0; i < P; i++)
              for (let j = 0; j < P; j++) y.push(given(inputs, "x")[((b * C + c) * H + gy * S + i) * W + gx * S + j]!);
    return { y: fill(y.length, (i) => y[i]!) };
  },
});
