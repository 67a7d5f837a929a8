import { topKMerge } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";

const sizes = [
  [1, 1, 1],
  [3, 2, 5],
  [5, 7, 13],
  [2, 3, 64],
] as const;

export const kernelCase = kernelCaseOf({
  kernel: topKMerge,
  cases: sizes.map(([Q, S, K]) => ({ params: { Q, S, K }, grid: [Math.ceil((S * K) / 64), Q] })),
  // Sorted lists with many equal values; part s holds candidates 1000 s and up, and (but the first) only half of a list.
  inputs: ({ Q, S, K }, random) => {
    const best = new Float64Array(Q * S * K);
    const index = new Float64Array(Q * S * K);
    for (let list = 0; list < Q * S; list++) {
      const real = list % S === 0 ? K : Math.floor(K / 2);
      const values = Array.from({ length: real }, () => Math.floor(8 * random()) / 8).sort((a, b) => b - a);
      for (let i = 0; i < K; i++) {
        best[list * K + i] = values[i] ?? -2;
        index[list * K + i] = i < real ? 1000 * (list % S) + i : 0xffffffff;
      }
    }
    return { best, index };
  },
  ref: (inputs, { Q, S, K }) => {
    const best = given(inputs, "best");
    const index = given(inputs, "index");
    const order = (q: number) =>
      Array.from({ length: S * K }, (_, i) => q * S * K + i).sort((a, b) => best[b]! - best[a]! || index[a]! - index[b]!);
    const places = Array.from({ length: Q }, (_, q) => order(q).slice(0, K)).flat();
    return { merged: fill(Q * K, (i) => best[places[i]!]!), merged_index: fill(Q * K, (i) => index[places[i]!]!) };
  },
});
