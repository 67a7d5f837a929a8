import { maxPool } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";
import { maxima, poolSizes } from "../pool_cases.ts";

export const kernelCase = kernelCaseOf({
  kernel: maxPool,
  cases: poolSizes.map((p) => ({ params: { ...p }, grid: perLane(p.N * p.OH * p.OW) })),
  // A few values only, all negative: ties go to the first, and padding must not win.
  inputs: (p, random) => ({ x: fill(p.N * p.H * p.W, () => -1 - Math.floor(4 * random())) }),
  ref: (inputs, p) => {
    const [x, at] = [given(inputs, "x"), maxima(given(inputs, "x"), p)];
    return { at, y: fill(at.length, (i) => x[Math.floor(i / (p.OH * p.OW)) * p.H * p.W + at[i]!]!) };
  },
});
