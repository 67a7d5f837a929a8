import { drawNegatives } from "../src/bank/draw.ts";
import type { bankSampled, edgeSampled } from "../src/gpu/kernels.gen.ts";
import { anyRows, layOut, ncePart, positives, softmaxPart } from "./contrast_cases.ts";
import { existsIn, graphOf, ofView, someEdges, words } from "./edge_cases.ts";
import { given, type KernelCase } from "./kernel_case.ts";

// Cases of the kernels that score sampled rows, in whichever form: sizes, inputs, and the float64 truth.

/** Of the draws. */
export const step = { seed: 5, step: 3, epoch: 0, rate: 0 };

/** Whether rows are drawn, and may be the positive; whether weights are NCE's. */
export interface How {
  readonly NCE: number;
  readonly DRAW: number;
  readonly KEEP: number;
}
export const CHOSEN = { DRAW: 0, KEEP: 0 } as const;

type Sizes = { readonly B: number; readonly K: number; readonly D: number; readonly N: number; readonly P: number; readonly per: number };

/** Params of a bank's kernel. L is B where rows are drawn, else B * K: no case gives one negative to each anchor. */
export const bankParams = (size: Sizes, { DRAW }: How) => ({
  ...{ ...size, anchor0: 7 * (size.B % 3), L: DRAW ? size.B : size.B * size.K, inv_tau: 1.5, log_noise: -0.7 },
});

export const edgeParams = (size: Sizes & { readonly V: number; readonly E: number }, { DRAW }: How, missing: number) => ({
  ...{ ...size, G: words(size.V, size.N, size.E, missing === 1), L: DRAW ? size.B : size.B * size.K, inv_tau: 1.5, log_noise: -0.7 },
});

export const ofBank: Pick<KernelCase<typeof bankSampled>, "inputs" | "ref"> = {
  inputs: ({ B, N, L }, random) => ({ rows: L === B ? positives(B, N) : anyRows(L, N, random), log_z: [1.25, 1] }),
  ref: (inputs, { B, K, D, N, P, per, anchor0, inv_tau, log_noise }, { seed, step }, { NCE, DRAW, KEEP }) => {
    const draw = { seed, step, rows: N, count: K, keepPositive: KEEP === 1, first: anchor0 };
    const rows = DRAW ? drawNegatives(given(inputs, "rows"), draw) : given(inputs, "rows");
    const shift = given(inputs, "log_z")[0]! + log_noise;
    return layOut(B, P, D, (b, part) => {
      const mine = Array.from(rows).slice(b * K + part * per, b * K + Math.max(part * per, Math.min(K, (part + 1) * per)));
      return NCE ? ncePart(inputs, b, mine, D, inv_tau, shift) : softmaxPart(inputs, b, mine, D, inv_tau);
    });
  },
};

export const ofViews: Pick<KernelCase<typeof edgeSampled>, "inputs" | "ref"> = {
  inputs: (params, random) => ({
    rows: params.L === params.B ? positives(params.B, params.N) : anyRows(params.L, params.N, random),
    log_z: Array.from({ length: params.E }, (_, e) => [1.25 + e, 1]).flat(),
    graph: graphOf(params),
  }),
  ref: (inputs, params, { seed, step }, { NCE, DRAW, KEEP }) => {
    const { V, B, K, D, N, E, P, per, inv_tau, log_noise } = params;
    const draw = { seed, step, rows: N, count: K, keepPositive: KEEP === 1 };
    const rows = DRAW ? drawNegatives(given(inputs, "rows"), draw) : given(inputs, "rows");
    return layOut(E * B, P, D, (row, part) => {
      const [e, b] = [Math.floor(row / B), row % B];
      const { anchor, bank } = someEdges(V, E)[e]!;
      const view = ofView(inputs, anchor, B, D);
      const own = Array.from(rows).slice(b * K + part * per, b * K + Math.max(part * per, Math.min(K, (part + 1) * per)));
      const mine = own.map((i) => bank * N + i).filter((i) => existsIn(params, i));
      const shift = given(inputs, "log_z")[2 * e]! + log_noise;
      return NCE ? ncePart(view, b, mine, D, inv_tau, shift) : softmaxPart(view, b, mine, D, inv_tau);
    });
  },
};
