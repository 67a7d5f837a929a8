import { edgeRows } from "../../src/gpu/kernels.gen.ts";
import { positives } from "../contrast_cases.ts";
import { graphOf, rowsOf, words } from "../edge_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

const sizes = [
  { V: 2, B: 1, N: 1, E: 1, missing: false },
  { V: 3, B: 22, N: 40, E: 2, missing: true }, // more than a workgroup
  { V: 4, B: 5, N: 11, E: 12, missing: true },
];

export const kernelCase = kernelCaseOf({
  kernel: edgeRows,
  cases: sizes.map(({ missing, ...size }) => ({
    params: { ...size, G: words(size.V, size.N, size.E, missing) },
    overrides: { MISSING: Number(missing) },
    grid: [Math.ceil((size.V * size.B) / 64)],
  })),
  inputs: (params) => ({ index: positives(params.B, params.N), graph: graphOf(params) }),
  ref: (inputs, params) => ({ rows: rowsOf(params, given(inputs, "index")) }),
});
