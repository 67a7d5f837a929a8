import { lstmDx } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { backThrough } from "../recurrent_truth.ts";
import { recurrentSizes } from "./gru.ts";

export const kernelCase = kernelCaseOf({
  kernel: lstmDx,
  cases: recurrentSizes.map((size, i) => {
    const STATE = i % 2;
    return { params: { ...size, L: STATE ? size.B * size.H : 4 * size.H }, overrides: { WG: 4, STATE }, grid: [Math.ceil(size.B / 4)] };
  }),
  inputs: ({ B, T, H, L }, random) => ({
    gates: Array.from({ length: B * T * 4 * H }, () => 0.1 + 0.8 * random()),
    c0: Array.from({ length: L }, () => 2 * random() - 1),
  }),
  ref: (inputs, { B, T, H }, _, { STATE }) => {
    const [gates, cell, c0, dy] = [given(inputs, "gates"), given(inputs, "cell"), given(inputs, "c0"), given(inputs, "dy")];
    const [da, dh, dc] = [fill(B * T * 4 * H, () => 0), fill(B * H, () => 0), fill(B * H, () => 0)];
    for (let b = 0; b < B; b++) {
      for (let t = T - 1; t >= 0; t--) {
        const f = (b * T + t) * H;
        for (let u = 0; u < H; u++) {
          const [i, g, o] = [gates[4 * f + u]!, gates[4 * f + 2 * H + u]!, gates[4 * f + 3 * H + u]!];
          const forget = gates[4 * f + H + u]!;
          const c = t > 0 ? cell[f - H + u]! : STATE ? c0[b * H + u]! : 0;
          const th = Math.tanh(cell[f + u]!);
          const d = dy[f + u]! + dh[b * H + u]!;
          const dCell = dc[b * H + u]! + d * o * (1 - th * th);
          const made = [dCell * g * i * (1 - i), dCell * c * forget * (1 - forget), dCell * i * (1 - g * g), d * th * o * (1 - o)];
          made.forEach((value, j) => {
            da[4 * f + j * H + u] = value;
          });
          dc[b * H + u] = dCell * forget;
        }
        for (let k = 0; k < H; k++) dh[b * H + k] = backThrough(inputs, da, b * T + t, 4, H, k);
      }
    }
    return { da, dh, dc };
  },
});
