import { copy } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: copy,
  cases: [1, 63, 64, 65, 300].map((T) => ({ params: { T }, grid: [Math.ceil(T / 64)] })),
  ref: (inputs, { T }) => ({ y: fill(4 * T, (i) => given(inputs, "x")[i] ?? 0) }),
  tolerance: 0,
});
