import { batchNormDwPartial } from "../../src/gpu/kernels.gen.ts";
import { coefficients } from "../batch_norm_cases.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";
import { perChunk, planeSizes, total } from "../planes.ts";

export const kernelCase = kernelCaseOf({
  kernel: batchNormDwPartial,
  cases: planeSizes.flatMap((p) => [0, 1].map((relu) => ({ params: { ...p, relu }, grid: perLane(Math.ceil(p.B / p.rows) * p.C) }))),
  inputs: ({ C }, random) => ({ coef: coefficients(C, random) }),
  ref: (inputs, p) => {
    const [x, g, coef] = [given(inputs, "x"), given(inputs, "g"), given(inputs, "coef")];
    const on = (i: number, c: number) => !p.relu || (x[i]! - coef[c]!) * coef[2 * p.C + c]! + coef[3 * p.C + c]! > 0;
    const h = (i: number, c: number) => (on(i, c) ? g[i]! : 0);
    const along = perChunk(p, (at, c) => total(at, (i) => h(i, c) * (x[i]! - coef[c]!) * coef[p.C + c]!));
    const sums = perChunk(p, (at, c) => total(at, (i) => h(i, c)));
    return {
      part: fill(2 * sums.length, (i) => {
        const s = Math.floor(i / (2 * p.C));
        return (i % (2 * p.C) < p.C ? along : sums)[s * p.C + (i % p.C)]!;
      }),
    };
  },
});
