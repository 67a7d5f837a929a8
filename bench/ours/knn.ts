import { appendSearch } from "../../src/bank/rows.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { cosinesOf } from "../cases/knn.ts";
import { given, type OursCase } from "./ours.ts";

const NOBODY = 0xffffffff;

export const knn: OursCase = (gpu, size, inputs) => {
  const { Q = 0, N = 0, D = 0, K = 0 } = size;
  const plan = new Plan(gpu, "knn");
  const [queries, candidates] = [plan.input("queries", [Q, D]), plan.input("candidates", [N, D])];
  const exclude = plan.input("exclude", [Q], "u32");
  const { best, index } = appendSearch(plan, queries, candidates, exclude, K);
  return {
    plan,
    results: { similarity: best, index },
    convert: { index: cosinesOf(inputs, size) },
    feed: [
      [queries, given(inputs, "queries", "f32")],
      [candidates, given(inputs, "candidates", "f32")],
      [exclude, new Uint32Array(Q).fill(NOBODY)],
    ],
  };
};
