import { lars } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { LARS_SIZES, larsTables } from "../lars_cases.ts";

const tables = LARS_SIZES.map((sizes) => larsTables(sizes, 100, (q) => q % 2 === 0));

export const kernelCase = kernelCaseOf({
  kernel: lars,
  cases: tables.map(({ chunks, spans, N }) => {
    const params = { C: chunks.length / 4, Q: spans.length / 4, N, mu: 0.9, decay: 0.3 };
    return { params, grid: [params.C], step: { seed: 1, step: 2, epoch: 0, rate: 0.3 } };
  }),
  inputs: ({ C, Q, N }, random) => ({
    chunks: tables.find((t) => t.N === N && t.chunks.length === 4 * C)!.chunks,
    ratio: fill(Q, () => 2 * random()),
    weight: fill(N, () => random() - 0.5),
    velocity: fill(N, () => random() - 0.5),
  }),
  ref: (inputs, { C, mu, decay }, { rate }) => {
    const weight = Float64Array.from(given(inputs, "weight"));
    const velocity = Float64Array.from(given(inputs, "velocity"));
    const chunks = given(inputs, "chunks");
    for (let c = 0; c < C; c++) {
      const [first = 0, count = 0, q = 0, adapted = 0] = Array.from(chunks).slice(4 * c, 4 * c + 4);
      for (let i = first; i < first + count; i++) {
        const d = given(inputs, "ratio")[q]! * (given(inputs, "gradient")[i]! + adapted * decay * weight[i]!);
        velocity[i] = mu * velocity[i]! + d;
        weight[i] = weight[i]! - rate * velocity[i]!;
      }
    }
    return { weight, velocity };
  },
});
