import { cpcFinish } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: cpcFinish,
  cases: [
    { S: 1, R: 1 },
    { S: 3, R: 63 },
    { S: 2, R: 130 },
  ].map((params) => ({ params, grid: [1] })),
  inputs: ({ S, R }, random) => {
    const counts = (i: number) => (i % 3 ? 1 : 0); // of row i, the same for all steps but the second, which has none
    const terms = fill(S * R * 4, (i) => {
      const [k, row] = [Math.floor(i / 4 / R), Math.floor(i / 4) % R];
      return k === 1 || !counts(row) ? 0 : [random(), random() < 0.5 ? 1 : 0, 1, 2][i % 4]!;
    });
    const n = fill(S, (k) => (k === 1 ? 0 : sum(R, counts)));
    return { terms, tally: [...n, ...n.map((count) => count / 100)] };
  },
  ref: (inputs, { S, R }) => {
    const [terms, tally] = [given(inputs, "terms"), given(inputs, "tally")];
    const total = (k: number, part: number) => sum(R, (row) => terms[(k * R + row) * 4 + part]!);
    const mean = (value: (k: number) => number) => fill(S, (k) => value(k) / Math.max(1, tally[k]!));
    const n = Math.max(
      1,
      sum(S, (k) => tally[k]!),
    );
    return {
      loss: [sum(S, (k) => tally[S + k]! * total(k, 0))],
      accuracy: [sum(S, (k) => total(k, 1)) / n],
      bound: [sum(S, (k) => total(k, 3) - total(k, 0)) / n],
      losses: mean((k) => total(k, 0)),
      accuracies: mean((k) => total(k, 1)),
      bounds: mean((k) => total(k, 3) - total(k, 0)),
    };
  },
});
