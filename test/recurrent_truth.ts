import { type Arrays, fill, given, sum } from "./kernel_case.ts";

/** The float64 truth of shaders/recurrent, one number at a time. */

interface Sizes {
  readonly B: number;
  readonly T: number;
  readonly H: number;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** bias[row] + w[row] . state of sequence b */
const product = (inputs: Arrays, row: number, H: number, state: (k: number) => number): number =>
  given(inputs, "bias")[row]! + sum(H, (k) => given(inputs, "w")[row * H + k]! * state(k));

/** Outputs of gru.wgsl. */
export function gruTruth(inputs: Arrays, { B, T, H }: Sizes, stateful: boolean, episodes = false) {
  const gates = Float64Array.from(given(inputs, "gates"));
  const [m, before, y] = [fill(B * T * H, () => 0), fill(B * T * H, () => 0), fill(B * T * H, () => 0)];
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const f = (b * T + t) * H;
      const start = (u: number) => (stateful ? given(inputs, "h0")[b * H + u]! : 0);
      const kept = episodes ? given(inputs, "keep")[b * T + t]! : 1;
      for (let u = 0; u < H; u++) before[f + u] = kept * (t > 0 ? y[f - H + u]! : start(u));
      for (let u = 0; u < H; u++) {
        const gate = (i: number) => gates[3 * f + i * H + u]!;
        const hidden = (i: number) => product(inputs, i * H + u, H, (k) => before[f + k]!);
        const [r, z] = [sigmoid(gate(0) + hidden(0)), sigmoid(gate(1) + hidden(1))];
        m[f + u] = hidden(2);
        const n = Math.tanh(gate(2) + r * hidden(2));
        y[f + u] = (1 - z) * n + z * before[f + u]!;
        [r, z, n].forEach((value, i) => {
          gates[3 * f + i * H + u] = value;
        });
      }
    }
  }
  return { gates, m: episodes ? [...m, ...Array.from(given(inputs, "keep"))] : m, before, y };
}

/** Outputs of lstm.wgsl. */
export function lstmTruth(inputs: Arrays, { B, T, H }: Sizes, stateful: boolean) {
  const gates = Float64Array.from(given(inputs, "gates"));
  const [cell, before, y] = [fill(B * T * H, () => 0), fill(B * T * H, () => 0), fill(B * T * H, () => 0)];
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const f = (b * T + t) * H;
      const start = (name: string, u: number) => (stateful ? given(inputs, name)[b * H + u]! : 0);
      for (let u = 0; u < H; u++) before[f + u] = t > 0 ? y[f - H + u]! : start("h0", u);
      for (let u = 0; u < H; u++) {
        const sumOf = (i: number) => gates[4 * f + i * H + u]! + product(inputs, i * H + u, H, (k) => before[f + k]!);
        const c = t > 0 ? cell[f - H + u]! : start("c0", u);
        const made = [sigmoid(sumOf(0)), sigmoid(sumOf(1)), Math.tanh(sumOf(2)), sigmoid(sumOf(3))] as const;
        cell[f + u] = made[1] * c + made[0] * made[2];
        y[f + u] = made[3] * Math.tanh(cell[f + u]!);
        made.forEach((value, i) => {
          gates[4 * f + i * H + u] = value;
        });
      }
    }
  }
  return { gates, cell, before, y };
}

/** U^T times the gradients of all gates of one frame: what reaches unit k of the state before. */
export const backThrough = (inputs: Arrays, gradients: ArrayLike<number>, frame: number, G: number, H: number, k: number): number =>
  sum(G * H, (row) => gradients[frame * G * H + row]! * given(inputs, "w")[row * H + k]!);
