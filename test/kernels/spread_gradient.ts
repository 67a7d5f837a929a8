import { spreadGradient } from "../../src/gpu/kernels.gen.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";
import { spreadGradientTruth } from "../spread_truth.ts";

const sizes = [
  { M: 4, D: 4, FULL: 0 },
  { M: 6, D: 68, FULL: 1 }, // anchors and columns left over
  { M: 34, D: 36, FULL: 0 },
  { M: 66, D: 64, FULL: 1 },
];

export const kernelCase = kernelCaseOf({
  kernel: spreadGradient,
  cases: sizes.map(({ FULL, M, D }) => ({ params: { M, D }, grid: [Math.ceil(D / 64), Math.ceil(M / 4)], overrides: { FULL } })),
  ref: (inputs, { M, D }, _step, { FULL }) => ({ dx: spreadGradientTruth(given(inputs, "x"), given(inputs, "g"), M, D, FULL === 1) }),
});
