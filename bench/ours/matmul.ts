import { Plan } from "../../src/gpu/plan.ts";
import { matmul } from "../../src/ops/matmul.ts";
import { openTape } from "../../src/ops/tape.ts";
import type { Transposes } from "../cases/matmul.ts";
import { given, type OursCase } from "./ours.ts";

export const product =
  ({ ta, tb }: Transposes): OursCase =>
  (gpu, _, inputs) => {
    const plan = new Plan(gpu, "matmul");
    const tape = openTape(plan, false);
    const [a, b] = [tape.input("a", inputs.a?.shape ?? []), tape.input("b", inputs.b?.shape ?? [])];
    const c = matmul(tape, a, b, { transposeA: ta, transposeB: tb });
    return {
      plan,
      results: { c },
      feed: [
        [a, given(inputs, "a", "f32")],
        [b, given(inputs, "b", "f32")],
      ],
    };
  };
