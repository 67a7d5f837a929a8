import { edgeMean } from "../../src/gpu/kernels.gen.ts";
import { graphOf, someEdges } from "../edge_cases.ts";
import { given, kernelCaseOf, sum } from "../kernel_case.ts";

const sizes = [
  { B: 1, E: 1 },
  { B: 33, E: 6 },
  { B: 70, E: 2 },
];

export const kernelCase = kernelCaseOf({
  kernel: edgeMean,
  cases: sizes.map((size) => ({ params: { ...size, G: 3 * size.E }, grid: [1] })),
  // A third of the samples lack a view; the last of several edges has none at all.
  inputs: ({ B, E, G }, random) => ({
    graph: graphOf({ V: 3, N: 1, E, G }),
    terms: Array.from({ length: E * B }, (_, i) => {
      const there = E === 1 || (Math.floor(i / B) < E - 1 && i % 3 > 0);
      return there ? [10 * random(), 0.5, 0.5, 1] : [0, 0, -1e30, 0];
    }).flat(),
  }),
  ref: (inputs, { B, E }) => {
    const terms = given(inputs, "terms");
    const means = Array.from({ length: E }, (_, e) => {
      const count = sum(B, (b) => terms[4 * (e * B + b) + 3]!);
      const total = sum(B, (b) => terms[4 * (e * B + b)]!);
      return count > 0 ? [total / count, someEdges(3, E)[e]!.weight / count] : [0, 0];
    });
    return { loss: [sum(E, (e) => someEdges(3, E)[e]!.weight * means[e]![0]!)], means: means.flat() };
  },
});
