import { biasAdd } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour } from "../kernel_simple.ts";
import { planeSizes } from "../planes.ts";

export const kernelCase = kernelCaseOf({
  kernel: biasAdd,
  cases: planeSizes.map(({ B, C, P }) => ({ params: { B, C, P }, grid: perFour(B * C * P) })),
  inputs: ({ B, C, P }, random) => ({ y: fill(B * C * P, () => random() - 0.5) }),
  ref: (inputs, { B, C, P }) => ({
    y: fill(B * C * P, (i) => given(inputs, "y")[i]! + given(inputs, "bias")[Math.floor(i / P) % C]!),
  }),
});
