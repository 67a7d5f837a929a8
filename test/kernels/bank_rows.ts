import { bankRows } from "../../src/gpu/kernels.gen.ts";
import { positives } from "../contrast_cases.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: bankRows,
  cases: [
    { params: { B: 1, N: 1, D: 4 }, grid: [1] },
    { params: { B: 5, N: 9, D: 12 }, grid: [1] },
    { params: { B: 6, N: 40, D: 132 }, grid: [4] },
  ],
  // Where there are enough, one that the bank does not have: zeros.
  inputs: ({ B, N }) => ({ index: positives(B, N).map((row, b) => (b === 2 ? 0xffffffff : row)) }),
  ref: (inputs, { B, N, D }) => {
    const [bank, index] = [given(inputs, "bank"), given(inputs, "index")];
    return { own: fill(B * D, (i) => (index[Math.floor(i / D)]! < N ? bank[index[Math.floor(i / D)]! * D + (i % D)]! : 0)) };
  },
});
