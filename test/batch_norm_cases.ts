import { type Arrays, fill, given, type Random, sum } from "./kernel_case.ts";
import { type PlaneSizes, planeSizes } from "./planes.ts";

export const statisticsCases = planeSizes.map((p) => ({
  params: { ...p, eps: 1e-5, momentum: 0.1 },
  grid: [Math.ceil(p.C / 64)],
}));
type Params = PlaneSizes & { readonly eps: number; readonly momentum: number };

/** Chunk means around 100, which must not cancel, and running statistics to be updated. */
export function statisticsInputs({ B, C, rows }: Params, random: Random) {
  const chunks = Math.ceil(B / rows);
  return {
    mean: fill(chunks * C, () => 100 + random()),
    m2: fill(chunks * C, () => 1 + random()),
    running_mean: fill(C, () => random()),
    running_var: fill(C, () => 1 + random()),
  };
}

/** Statistics of all chunks together, coefficients and running statistics. */
export function statisticsRef(
  inputs: Arrays,
  { B, C, P, rows, eps, momentum }: Params,
  gamma: (c: number) => number,
  beta: (c: number) => number,
) {
  const chunks = Math.ceil(B / rows);
  const count = (s: number) => Math.min(rows, B - s * rows) * P;
  const mean = fill(C, (c) => sum(chunks, (s) => count(s) * given(inputs, "mean")[s * C + c]!) / (B * P));
  const m2 = fill(C, (c) =>
    sum(chunks, (s) => given(inputs, "m2")[s * C + c]! + count(s) * (given(inputs, "mean")[s * C + c]! - mean[c]!) ** 2),
  );
  const scale = (c: number) => 1 / Math.sqrt(m2[c]! / (B * P) + eps);
  const mix = (before: number, now: number) => before + momentum * (now - before);
  return {
    coef: fill(4 * C, (i) => [mean[i % C]!, scale(i % C), scale(i % C) * gamma(i % C), beta(i % C)][Math.floor(i / C)]!),
    running_mean: fill(C, (c) => mix(given(inputs, "running_mean")[c]!, mean[c]!)),
    running_var: fill(C, (c) => mix(given(inputs, "running_var")[c]!, m2[c]! / (B * P - 1))),
  };
}

/** coef[4, C] of the applying and differentiating kernels: means, positive scales, shifts. */
export function coefficients(C: number, random: Random): Float64Array {
  return fill(4 * C, (i) => [random() - 0.5, 0.5 + random(), 0.5 + random(), random() - 0.5][Math.floor(i / C)]!);
}

/** Lanes to a plane, beside the sizes, for both values of `relu`. */
export const applyCases = planeSizes.flatMap(({ B, C, P }) =>
  [1, 4, 16].flatMap((L) => [0, 1].map((relu) => ({ params: { B, C, P, L, relu }, grid: [Math.ceil((B * C * L) / 64)] }))),
);
