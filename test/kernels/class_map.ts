import { classMap } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: classMap,
  cases: [
    { N: 1, P: 1, B: 1, none: 0 },
    { N: 5, P: 35, B: 4, none: 2 },
    { N: 3, P: 257, B: 2, none: 0xffffffff },
    { N: 2, P: 64, B: 3, none: 255 },
  ].map((params) => ({ params, grid: [Math.ceil(params.P / 64), params.B] })),
  inputs: ({ N, P, B, none }, random) => ({
    images: fill(Math.ceil((N * P) / 4), () => {
      const byte = () => (random() < 0.3 ? none & 255 : Math.floor(256 * random()));
      return byte() + 2 ** 8 * byte() + 2 ** 16 * byte() + 2 ** 24 * byte();
    }),
    index: fill(B, () => Math.floor(N * random())),
  }),
  ref: (inputs, { P, B, none }) => ({
    label: fill(B * P, (i) => {
      const at = given(inputs, "index")[Math.floor(i / P)]! * P + (i % P);
      const byte = Math.floor(given(inputs, "images")[Math.floor(at / 4)]! / 256 ** (at % 4)) % 256;
      return byte === none ? 0xffffffff : byte > none ? byte - 1 : byte;
    }),
  }),
});
