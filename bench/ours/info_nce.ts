import { Plan } from "../../src/gpu/plan.ts";
import { infoNce } from "../../src/ops/info_nce.ts";
import { openTape } from "../../src/ops/tape.ts";
import { given, gradientOf, type OursCase } from "./ours.ts";

export const infoNceStep: OursCase = (gpu, { B = 0, T = 0, S = 0, D = 0 }, inputs) => {
  const plan = new Plan(gpu, "InfoNCE");
  const tape = openTape(plan, true);
  const [q, z] = [tape.input("q", [B, T, S, D]), tape.input("z", [B, T, D])];
  for (const learned of [q, z]) learned.requiresGrad = true;
  const { loss } = infoNce(tape, q, z, { steps: S, negatives: "all" });
  tape.backward(loss);
  return {
    plan,
    results: { loss, dq: gradientOf(tape, q), dz: gradientOf(tape, z) },
    feed: [
      [q, given(inputs, "q", "f32")],
      [z, given(inputs, "z", "f32")],
    ],
  };
};
