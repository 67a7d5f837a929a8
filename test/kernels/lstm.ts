import { lstm } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { lstmTruth } from "../recurrent_truth.ts";
import { recurrentSizes } from "./gru.ts";

export const kernelCase = kernelCaseOf({
  kernel: lstm,
  cases: recurrentSizes.map((size, i) => {
    const STATE = i % 2;
    return { params: { ...size, L: STATE ? size.B * size.H : 4 * size.H }, overrides: { WG: 8, STATE }, grid: [Math.ceil(size.B / 4)] };
  }),
  inputs: ({ B, T, H, L }, random) => ({
    gates: Array.from({ length: B * T * 4 * H }, () => 4 * random() - 2),
    c0: Array.from({ length: L }, () => 2 * random() - 1),
  }),
  ref: (inputs, params, _, { STATE }) => lstmTruth(inputs, params, STATE === 1),
});
