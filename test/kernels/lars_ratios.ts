import { larsRatios } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";
import { LARS_SIZES, larsTables } from "../lars_cases.ts";

/** Every third parameter is not adapted. */
const tables = LARS_SIZES.map((sizes) => larsTables(sizes, 2, (q) => q % 3 !== 2));

export const kernelCase = kernelCaseOf({
  kernel: larsRatios,
  cases: tables.flatMap(({ chunks, spans }, i) => {
    const params = { Q: spans.length / 4, C: chunks.length / 4, trust: 0.25, decay: 0.1 * i, epsilon: 0.01 };
    return { params, grid: [params.Q] };
  }),
  // Some norms are 0, each alone and both.
  inputs: ({ Q, C }, random) => {
    const { spans, chunks } = tables.find((t) => t.spans.length === 4 * Q && t.chunks.length === 4 * C)!;
    const zero = (i: number) => [Q > 3 && chunks[4 * (i >> 1) + 2]! % 5 === 1, Q > 3 && chunks[4 * (i >> 1) + 2]! % 7 === 3][i & 1];
    return { spans, part: fill(2 * C, (i) => (zero(i) ? 0 : random())) };
  },
  ref: (inputs, { Q, trust, decay, epsilon }) => {
    const [spans, part] = [given(inputs, "spans"), given(inputs, "part")];
    const norm = (q: number, which: number) => Math.sqrt(sum(spans[4 * q + 1]!, (c) => part[2 * (spans[4 * q]! + c) + which]!));
    return {
      ratio: fill(Q, (q) => {
        const [w, g] = [norm(q, 0), norm(q, 1)];
        return spans[4 * q + 2] === 0 || w === 0 || g === 0 ? 1 : (trust * w) / (g + decay * w + epsilon);
      }),
    };
  },
});
