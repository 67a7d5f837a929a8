import { larsNorms } from "../../src/gpu/kernels.gen.ts";
import { given, kernelCaseOf, sum } from "../kernel_case.ts";
import { LARS_SIZES, larsTables } from "../lars_cases.ts";

const tables = LARS_SIZES.map((sizes) => larsTables(sizes, 100, () => true));

export const kernelCase = kernelCaseOf({
  kernel: larsNorms,
  cases: tables.map(({ chunks, N }) => ({ params: { C: chunks.length / 4, N }, grid: [chunks.length / 4] })),
  inputs: ({ C, N }) => ({ chunks: tables.find((t) => t.N === N && t.chunks.length === 4 * C)!.chunks }),
  ref: (inputs, { C }) => {
    const chunks = given(inputs, "chunks");
    const squares = (name: string, c: number) => sum(chunks[4 * c + 1]!, (i) => given(inputs, name)[chunks[4 * c]! + i]! ** 2);
    return { part: Array.from({ length: C }, (_, c) => [squares("weight", c), squares("gradient", c)]).flat() };
  },
});
