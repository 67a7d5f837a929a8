import { cpcCount } from "../../src/gpu/kernels.gen.ts";
import { NO_FRAME, predicts } from "../cpc_truth.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";

const sizes = [
  { B: 1, T: 2, S: 1, skip: 0, stride: 1, limit: 2, EPISODES: 0, GROUPED: 0, OWN: 1, AVERAGE: 1 },
  { B: 5, T: 17, S: 3, skip: 1, stride: 1, limit: 17, EPISODES: 1, GROUPED: 0, OWN: 1, AVERAGE: 2 },
  { B: 5, T: 13, S: 12, skip: 0, stride: 1, limit: 13, EPISODES: 1, GROUPED: 1, OWN: 0, AVERAGE: 1 },
  { B: 4, T: 21, S: 4, skip: 0, stride: 1, limit: 17, EPISODES: 0, GROUPED: 1, OWN: 1, AVERAGE: 0 },
  { B: 3, T: 20, S: 2, skip: 1, stride: 5, limit: 20, EPISODES: 0, GROUPED: 0, OWN: 1, AVERAGE: 1 },
];

/** Episodes of three to seven frames, and padding at the end of the last sequence. */
export const episodesOf = (B: number, T: number): Float64Array =>
  fill(B * T, (i) => (i >= B * T - 2 ? NO_FRAME : Math.floor((i % T) / (3 + (Math.floor(i / T) % 5)))));
/** Speakers 7, 8, 7, 9, 7, 8, ...: 9 is alone. */
export const groupsOf = (B: number): Float64Array => fill(B, (b) => (b === 3 ? 9 : b % 2 ? 8 : 7));

export const kernelCase = kernelCaseOf({
  kernel: cpcCount,
  cases: sizes.map(({ EPISODES, GROUPED, OWN, AVERAGE, ...size }) => ({
    params: { ...size, E: EPISODES ? size.B * size.T : 1, L: GROUPED ? size.B : 1 },
    overrides: { EPISODES, GROUPED, OWN, AVERAGE },
    grid: [1],
  })),
  inputs: ({ B, T, E, L }) => ({ episodes: E > 1 ? episodesOf(B, T) : [0], groups: L > 1 ? groupsOf(B) : [0] }),
  ref: (inputs, { B, T, S, skip, stride, limit }, _, { EPISODES, GROUPED, OWN, AVERAGE }) => {
    const frames = {
      ...{ B, T, limit, own: OWN === 1, other: true },
      episodes: EPISODES ? given(inputs, "episodes") : undefined,
      groups: GROUPED ? given(inputs, "groups") : undefined,
    };
    const counts = fill(S, (k) => sum(B * T, (row) => (predicts(frames, row, (k + 1 + skip) * stride) ? 1 : 0)));
    const all = sum(S, (k) => counts[k]!);
    const steps = counts.filter((n) => n > 0).length;
    const weight = (n: number) => (n === 0 ? 0 : 1 / [n, steps * n, all][AVERAGE!]!);
    return { tally: [...counts, ...counts.map(weight)] };
  },
});
