import { embedDx } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";
import { drawWords, embedSizes } from "./embed.ts";

export const kernelCase = kernelCaseOf({
  kernel: embedDx,
  cases: embedSizes.map((params) => ({ params, grid: perLane(params.V * params.D) })),
  // The places of every word, one word after the other, found by looking at all places for each.
  inputs: ({ V, R }, random) => {
    const index = drawWords(V, R, random);
    const all = Array.from({ length: R }, (_, r) => r);
    const of = (v: number) => all.filter((r) => index[r] === v);
    const words = Array.from({ length: V }, (_, v) => of(v));
    return {
      places: [...words.flat(), ...of(0xffffffff)],
      starts: Array.from({ length: V + 1 }, (_, v) => sum(v, (w) => words[w]!.length)),
    };
  },
  ref: (inputs, { V, D }) => {
    const [places, starts, dy] = [given(inputs, "places"), given(inputs, "starts"), given(inputs, "dy")];
    const total = (v: number, d: number) => sum(starts[v + 1]! - starts[v]!, (k) => dy[places[starts[v]! + k]! * D + d]!);
    return { dtable: fill(V * D, (i) => total(Math.floor(i / D), i % D)) };
  },
});
