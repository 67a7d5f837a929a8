import { knnVote } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";

const sizes = [
  { Q: 1, K: 1, N: 1, G: 1, C: 1 },
  { Q: 65, K: 9, N: 40, G: 3, C: 3 },
  { Q: 130, K: 20, N: 300, G: 2, C: 11 },
] as const;

export const kernelCase = kernelCaseOf({
  kernel: knnVote,
  cases: sizes.map((params) => ({ params, grid: [Math.ceil(params.Q / 64), params.G] })),
  inputs: ({ Q, K, N, G, C }, random) => ({
    // Every third query has equal similarities: whole-number scores, and ties of classes.
    best: fill(Q * K, (i) => (Math.floor(i / K) % 3 === 0 ? 0.5 : 0.9 - 0.8 * ((i % K) / K) - 0.01 * random())),
    index: fill(Q * K, () => Math.floor(N * random())),
    labels: fill(N, () => Math.floor(C * random())),
    truth: fill(Q, (q) => (q % 7 === 6 ? 0xffffffff : Math.floor((C + 1) * random()))),
    settings: fill(2 * G, (i) => (i % 2 ? 1 / (0.07 + 0.1 * (i >> 1)) : Math.max(1, K - 3 * (i >> 1)))),
  }),
  ref: (inputs, { Q, K, G, C }) => {
    const [best, index, labels] = [given(inputs, "best"), given(inputs, "index"), given(inputs, "labels")];
    const [truth, settings] = [given(inputs, "truth"), given(inputs, "settings")];
    const scores = new Float64Array(Q * G * C);
    const winner = new Float64Array(Q * G);
    const place = new Float64Array(Q * G);
    for (let at = 0; at < Q * G; at++) {
      const [q, g] = [Math.floor(at / G), at % G];
      const row = scores.subarray(at * C, (at + 1) * C);
      for (let i = 0; i < settings[2 * g]!; i++) {
        const label = labels[index[q * K + i]!]!;
        row[label] = row[label]! + Math.exp((best[q * K + i]! - best[q * K]!) * settings[2 * g + 1]!);
      }
      const order = Array.from(row.keys()).sort((a, b) => row[b]! - row[a]! || a - b);
      winner[at] = order[0]!;
      place[at] = truth[q]! < C ? order.indexOf(truth[q]!) : C;
    }
    return { scores, winner, place };
  },
});
