import { cpcSoftmax } from "../../src/gpu/kernels.gen.ts";
import { drawnRows, infoNceOf, inScope, NO_FRAME, predicts, rowOf } from "../cpc_truth.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { episodesOf, groupsOf } from "./cpc_count.ts";

const any = { TIME: 0, DRAWN: 0, KEEP: 0, EPISODES: 0, GROUPED: 0, OWN: 1, OTHER: 1 };
/** One lane a prediction and several; each scope; episodes; drawn negatives with and without the positive; a part of the anchors. */
const sizes = [
  { ...any, B: 1, T: 2, S: 1, K: 1, G: 1, M: 2, N: 2, k0: 0, m0: 0, skip: 0, stride: 1, LANES: 1, ROWS: 4 },
  { ...any, TIME: 1, EPISODES: 1, B: 5, T: 9, S: 3, K: 3, G: 9, M: 5, N: 5, k0: 0, m0: 0, skip: 0, stride: 1, LANES: 1, ROWS: 64 },
  { ...any, OTHER: 0, B: 3, T: 7, S: 2, K: 2, G: 3, M: 7, N: 7, k0: 0, m0: 0, skip: 1, stride: 1, LANES: 2, ROWS: 8 },
  { ...any, GROUPED: 1, OWN: 0, B: 5, T: 6, S: 2, K: 2, G: 1, M: 30, N: 30, k0: 0, m0: 0, skip: 0, stride: 1, LANES: 4, ROWS: 3 },
  { ...any, EPISODES: 1, OWN: 0, B: 4, T: 6, S: 1, K: 1, G: 1, M: 24, N: 24, k0: 0, m0: 0, skip: 0, stride: 1, LANES: 3, ROWS: 5 },
  { ...any, GROUPED: 1, B: 5, T: 5, S: 3, K: 3, G: 1, M: 25, N: 25, k0: 0, m0: 0, skip: 0, stride: 1, LANES: 1, ROWS: 32 },
  { ...any, DRAWN: 1, EPISODES: 1, B: 3, T: 6, S: 2, K: 2, G: 1, M: 18, N: 6, k0: 0, m0: 0, skip: 0, stride: 1, LANES: 1, ROWS: 64 },
  { ...any, DRAWN: 1, KEEP: 1, B: 2, T: 5, S: 2, K: 2, G: 1, M: 10, N: 12, k0: 0, m0: 0, skip: 0, stride: 1, LANES: 2, ROWS: 4 },
  { ...any, OTHER: 0, B: 2, T: 12, S: 2, K: 2, G: 2, M: 12, N: 12, k0: 0, m0: 0, skip: 0, stride: 4, LANES: 1, ROWS: 16 },
  { ...any, TIME: 1, B: 3, T: 12, S: 2, K: 2, G: 12, M: 3, N: 3, k0: 0, m0: 0, skip: 1, stride: 3, LANES: 1, ROWS: 64 },
];
const step = { seed: 4, step: 2, epoch: 0, rate: 0 };

export const kernelCase = kernelCaseOf({
  kernel: cpcSoftmax,
  cases: sizes.map(({ TIME, DRAWN, KEEP, EPISODES, GROUPED, OWN, OTHER, LANES, ROWS, ...size }) => {
    const { B, T, K, G, M, N } = size;
    const counts = { E: EPISODES ? B * T : 1, L: GROUPED ? B : 1, V: DRAWN ? B * T * (N - 1) : 1 };
    return {
      params: { ...size, ...counts, span: G > 1 ? T : N, limit: T },
      overrides: { TIME, DRAWN, KEEP, EPISODES, GROUPED, OWN, OTHER, LANES, ROWS },
      step,
      grid: [Math.ceil((K * G * M) / ROWS)],
    };
  }),
  inputs: ({ B, T, K, G, M, N, E, L, V }, random) => ({
    episodes: E > 1 ? episodesOf(B, T) : [0],
    groups: L > 1 ? groupsOf(B) : [0],
    drawn: V > 1 ? drawnRows({ B, T, n: N - 1, scope: 0, groups: [], ...step }) : [0],
    s: fill(K * G * M * 4 * Math.ceil(N / 4), () => 6 * random() - 3),
  }),
  ref: (inputs, p, _, { TIME, DRAWN, KEEP, EPISODES, GROUPED, OWN, OTHER }) => {
    const { B, T, S, K, G, M, N, k0, m0, skip, stride, limit } = p;
    const [s, drawn] = [given(inputs, "s"), given(inputs, "drawn")];
    const frames = {
      ...{ B, T, limit, own: OWN === 1, other: OTHER === 1 },
      episodes: EPISODES ? given(inputs, "episodes") : undefined,
      groups: GROUPED ? given(inputs, "groups") : undefined,
    };
    const quads = 4 * Math.ceil(N / 4);
    const d = fill(s.length, () => 0);
    const terms = fill(S * B * T * 4, () => Number.NaN);
    for (let i = 0; i < K * G * M; i++) {
      const [k, g, m] = [Math.floor(i / M / G), Math.floor(i / M) % G, (i % M) + m0];
      const ahead = (k0 + k + 1 + skip) * stride;
      const anchor = rowOf(TIME!, p, g, m, ahead);
      const target = DRAWN ? 0 : TIME ? m : m + ahead;
      const negative = (n: number): boolean => {
        if (n === target) return false;
        if (!DRAWN) return inScope(frames, anchor, rowOf(TIME!, p, g, n, 0));
        const row = drawn[anchor * (N - 1) + n - 1]!;
        return row !== NO_FRAME && frames.episodes?.[row] !== NO_FRAME && (KEEP === 1 || row !== anchor + ahead);
      };
      const at = 4 * ((k0 + k) * B * T + (TIME ? m * T + g : anchor));
      terms.set([0, 0, 0, 0], at);
      if (!predicts(frames, anchor, ahead)) continue;
      const columns = Array.from({ length: N }, (_, n) => n).filter(negative);
      const made = infoNceOf(
        s[i * quads + target]!,
        columns.map((n) => s[i * quads + n]!),
      );
      terms.set([made.loss, made.hit ? 1 : 0, 1, Math.log(made.candidates)], at);
      d[i * quads + target] = made.d.own;
      columns.forEach((n, j) => {
        d[i * quads + n] = made.d.negatives[j]!;
      });
    }
    return { s: d, terms };
  },
});
