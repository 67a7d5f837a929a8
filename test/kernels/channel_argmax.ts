import { channelArgmax } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: channelArgmax,
  cases: [
    { B: 1, C: 1, P: 1 },
    { B: 3, C: 4, P: 21 },
    { B: 2, C: 9, P: 65 },
  ].map((params) => ({ params, grid: perLane(params.B * params.P) })),
  // Few distinct values: ties.
  inputs: ({ B, C, P }, random) => ({ x: fill(B * C * P, () => Math.floor(3 * random()) - 1) }),
  ref: (inputs, { B, C, P }) => ({
    best: fill(B * P, (i) => {
      const values = Array.from({ length: C }, (_, c) => given(inputs, "x")[(Math.floor(i / P) * C + c) * P + (i % P)]!);
      return values.indexOf(Math.max(...values));
    }),
  }),
});
