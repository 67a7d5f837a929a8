import { Plan } from "../../src/gpu/plan.ts";
import { contrastBatch } from "../../src/ops/contrast_batch.ts";
import { openTape } from "../../src/ops/tape.ts";
import { TEMPERATURE } from "../cases/nce.ts";
import { given, gradientOf, type OursCase } from "./ours.ts";

export const spread: OursCase = (gpu, { B = 0, D = 0 }, inputs) => {
  const plan = new Plan(gpu, "InvaSpread");
  const tape = openTape(plan, true);
  const x = tape.input("x", [2 * B, D]);
  x.requiresGrad = true;
  const { loss } = contrastBatch(tape, x, { temperature: TEMPERATURE, gradient: "full", selfSimilarity: false, negativeWeight: 1 });
  tape.backward(loss);
  return { plan, results: { loss, dx: gradientOf(tape, x) }, feed: [[x, given(inputs, "x", "f32")]] };
};
