import { Plan } from "../../src/gpu/plan.ts";
import { gru } from "../../src/ops/recurrent.ts";
import { BackwardTape } from "./backward_tape.ts";
import { given, gradientOf, type OursCase } from "./ours.ts";

export const gruStep: OursCase = (gpu, { B = 0, T = 0, I = 0, H = 0 }, inputs) => {
  const plan = new Plan(gpu, "GRU");
  const tape = new BackwardTape(plan, false);
  const [x, dy] = [tape.input("x", [B, T, I]), tape.input("dy", [B, T, H])];
  const [wi, wh] = [tape.input("wi", [3 * H, I]), tape.input("wh", [3 * H, H])];
  const [bi, bh] = [tape.input("bi", [3 * H]), tape.input("bh", [3 * H])];
  for (const learned of [x, wi, wh, bi, bh]) learned.requiresGrad = true;
  const y = gru(tape, x, { weightInput: wi, weightHidden: wh, biasInput: bi, biasHidden: bh });
  tape.pull(y, dy);
  const gradient = (of: typeof x) => gradientOf(tape, of);
  return {
    plan,
    results: { y, dx: gradient(x), dwi: gradient(wi), dwh: gradient(wh), dbi: gradient(bi), dbh: gradient(bh) },
    feed: Object.entries({ x, dy, wi, wh, bi, bh }).map(([name, operand]) => [operand, given(inputs, name, "f32")] as const),
  };
};
