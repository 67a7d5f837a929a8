import type { ParamsOf } from "../src/gpu/kernel.ts";
import type { fullGradientSub16, fullScoresSub16 } from "../src/gpu/kernels.gen.ts";
import { dot, MASKED, positives } from "./contrast_cases.ts";
import { type Arrays, fill, given, type KernelCase, type Random, sum } from "./kernel_case.ts";

// Cases of the kernels of the full softmax in two products, in whichever form: sizes, and the float64 truth. WG is twice the lanes of a tile.

/** Anchors of the batch, rows of its bank; splits and anchors of the piece, and where all of these begin among more. */
const sizes = [
  { B: 1, N: 2, D: 4, per: 2, S: 1, A: 16, split0: 0, anchor0: 0, before: 0 },
  { B: 17, N: 65, D: 20, per: 65, S: 1, A: 32, split0: 0, anchor0: 0, before: 3 },
  { B: 35, N: 131, D: 68, per: 44, S: 2, A: 16, split0: 1, anchor0: 16, before: 5 },
];

interface Piece {
  readonly S: number;
  readonly T: number;
  readonly A: number;
  readonly per: number;
  readonly split0: number;
  readonly anchor0: number;
  readonly B: number;
  readonly N: number;
}

/** Rows of tile t of the piece, counted over its splits: numbers within the bank, with none past its split's end. */
function rowsOf(t: number, tile: number, { T, per, split0, N }: Piece): number[] {
  const split = split0 + Math.floor(t / T);
  const from = split * per + (t % T) * tile;
  return Array.from({ length: Math.max(0, Math.min(tile, (split + 1) * per - from, N - from)) }, (_, i) => from + i);
}

/** @param tile rows of one @param lanes that share it */
export function scoresCases(tile: number, lanes: number): Omit<KernelCase<typeof fullScoresSub16>, "kernel"> {
  return {
    lanes,
    cases: sizes.map(({ before, ...piece }) => {
      const T = Math.ceil(piece.per / tile);
      const params = { ...piece, T, F: piece.B + before, R: piece.N + 2 * before, source: before, first: before, inv_tau: 1.5 };
      return { params, grid: [piece.S * Math.ceil(T / 2), piece.A / 16], overrides: { WG: 2 * lanes } };
    }),
    inputs: ({ B, N }) => ({ index: positives(B, N) }),
    ref: (inputs, params) => scoresRef(inputs, params, tile),
  };
}

function scoresRef(inputs: Arrays, params: ParamsOf<typeof fullScoresSub16>, tile: number): Arrays {
  const { B, D, S, T, A, source, first, anchor0, inv_tau } = params;
  const weights = new Float64Array(S * T * A * tile);
  const tiles = new Float64Array(S * T * 2 * A);
  for (let t = 0; t < S * T; t++) {
    for (let a = 0; a < A; a++) {
      const anchor = anchor0 + a;
      const at = t * A + a;
      if (anchor >= B) {
        weights.fill(Number.NaN, at * tile, (at + 1) * tile);
        tiles[2 * t * A + a] = tiles[(2 * t + 1) * A + a] = Number.NaN;
        continue;
      }
      const rows = rowsOf(t, tile, params);
      const own = given(inputs, "index")[anchor];
      const scores = rows.map((row) => (row === own ? MASKED : inv_tau * dot(inputs, source + anchor, first + row, D)));
      const m = Math.max(MASKED, ...scores);
      const own_weights = scores.map((s) => (s === MASKED ? 0 : Math.exp(s - m)));
      weights.set(own_weights, at * tile);
      tiles[2 * t * A + a] = m === MASKED ? Number.NaN : m;
      tiles[(2 * t + 1) * A + a] = sum(own_weights.length, (i) => own_weights[i]!);
    }
  }
  return { weights, tiles };
}

/** @param wide columns that a lane has */
export function gradientCases(tile: number, lanes: number, wide: number): Omit<KernelCase<typeof fullGradientSub16>, "kernel"> {
  return {
    lanes,
    // A launch leaves alone what belongs to other splits, anchors and edges: what is left alone cannot be told from what was forgotten.
    cases: sizes.map(({ before, ...piece }) => {
      const T = Math.ceil(piece.per / tile);
      const whole = { ...piece, S: Math.ceil(piece.N / piece.per), A: 16 * Math.ceil(piece.B / 16), split0: 0, anchor0: 0 };
      const params = { ...whole, T, P: whole.S, R: piece.N + before, O: piece.B, first: before, to: 0 };
      return { params, grid: [whole.S * Math.ceil(piece.D / (2 * lanes * wide)), whole.A / 16], overrides: { WG: 2 * lanes } };
    }),
    inputs: (params, random) => tileInputs(params, tile, random),
    ref: (inputs, params) => gradientRef(inputs, params, tile),
  };
}

/** Weights and tiles as a scores kernel may give them: nothing past a split's end, and a whole tile of nothing, as where all rows are masked. */
function tileInputs(piece: Piece, tile: number, random: Random): Arrays {
  const { S, T, A } = piece;
  const empty = (t: number, a: number) => rowsOf(t, tile, piece).length === 0 || (T > 1 && (t + a) % 3 === 2);
  const weights = fill(S * T * A * tile, (i) => {
    const [t, a] = [Math.floor(i / tile / A), Math.floor(i / tile) % A];
    return empty(t, a) || i % tile >= rowsOf(t, tile, piece).length ? 0 : random();
  });
  const tiles = fill(S * T * 2 * A, (i) => {
    const [t, a] = [Math.floor(i / A / 2), i % A];
    if (Math.floor(i / A) % 2 === 0) return empty(t, a) ? MASKED : 4 * random() - 2;
    return sum(tile, (r) => weights[(t * A + a) * tile + r]!);
  });
  return { weights, tiles };
}

function gradientRef(inputs: Arrays, params: ParamsOf<typeof fullGradientSub16>, tile: number): Arrays {
  const { B, D, P, T, A, first } = params;
  const [weights, tiles, bank] = [given(inputs, "weights"), given(inputs, "tiles"), given(inputs, "bank")];
  const stats = new Float64Array(B * P * 4);
  const partial = new Float64Array(B * P * D);
  for (let b = 0; b < B; b++) {
    for (let split = 0; split < P; split++) {
      const own = Array.from({ length: T }, (_, t) => split * T + t);
      const m = Math.max(...own.map((t) => tiles[2 * t * A + b]!));
      const scales = own.map((t) => Math.exp(tiles[2 * t * A + b]! - m));
      const total = sum(T, (t) => scales[t]! * tiles[(2 * own[t]! + 1) * A + b]!);
      stats.set([m === MASKED ? Number.NaN : m, total, 0, 0], (b * P + split) * 4);
      for (const [t, at] of own.entries()) {
        for (const [i, row] of rowsOf(at, tile, params).entries()) {
          const weight = scales[t]! * weights[(at * A + b) * tile + i]!;
          for (let d = 0; d < D; d++) partial[(b * P + split) * D + d]! += weight * bank[(first + row) * D + d]!;
        }
      }
    }
  }
  return { stats, partial };
}
