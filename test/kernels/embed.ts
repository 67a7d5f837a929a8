import { embed } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour } from "../kernel_simple.ts";

export const embedSizes = [
  { V: 1, D: 1, R: 1 },
  { V: 7, D: 5, R: 13 },
  { V: 3, D: 16, R: 65 },
  { V: 40, D: 3, R: 100 },
] as const;
/** Every fifth place has no word. */
export const drawWords = (V: number, R: number, random: () => number) =>
  fill(R, (r) => (r % 5 === 4 ? 0xffffffff : Math.floor(V * random())));

export const kernelCase = kernelCaseOf({
  kernel: embed,
  cases: embedSizes.map((params) => ({ params, grid: perFour(params.R * params.D) })),
  inputs: ({ V, R }, random) => ({ index: drawWords(V, R, random) }),
  ref: (inputs, { D, R, V }) => {
    const [table, index] = [given(inputs, "table"), given(inputs, "index")];
    return { y: fill(R * D, (i) => (index[Math.floor(i / D)]! < V ? table[index[Math.floor(i / D)]! * D + (i % D)]! : 0)) };
  },
});
