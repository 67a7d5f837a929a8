import { Plan } from "../../src/gpu/plan.ts";
import { Store } from "../../src/gpu/store.ts";
import { batchNorm } from "../../src/ops/batch_norm.ts";
import { l2norm } from "../../src/ops/l2norm.ts";
import { BackwardTape } from "./backward_tape.ts";
import { given, gradientOf, type OursCase } from "./ours.ts";

export const batchNormRelu: OursCase = (gpu, { B = 0, C = 0, H = 0 }, inputs) => {
  const plan = new Plan(gpu, "batch norm");
  const tape = new BackwardTape(plan, false);
  const [x, dy] = [tape.input("x", [B, C, H, H]), tape.input("dy", [B, C, H, H])];
  const [weight, bias] = [tape.input("weight", [C]), tape.input("bias", [C])];
  for (const learned of [x, weight, bias]) learned.requiresGrad = true;
  const store = new Store(gpu, "running statistics", "state");
  const running = (name: string) => ({ slot: store.add(name, 4 * C), shape: [C], dtype: "f32" as const });
  const options = { runningMean: running("mean"), runningVar: running("variance"), affine: { weight, bias }, relu: true };
  const y = batchNorm(tape, x, options);
  tape.pull(y, dy);
  return {
    plan,
    results: { y, dx: gradientOf(tape, x), dweight: gradientOf(tape, weight), dbias: gradientOf(tape, bias) },
    feed: Object.entries({ x, dy, weight, bias }).map(([name, operand]) => [operand, given(inputs, name, "f32")] as const),
    close: () => store.destroy(),
  };
};

export const l2normRows: OursCase = (gpu, { B = 0, D = 0 }, inputs) => {
  const plan = new Plan(gpu, "l2norm");
  const tape = new BackwardTape(plan, false);
  const [x, dy] = [tape.input("x", [B, D]), tape.input("dy", [B, D])];
  x.requiresGrad = true;
  const y = l2norm(tape, x);
  tape.pull(y, dy);
  return {
    plan,
    results: { y, dx: gradientOf(tape, x) },
    feed: Object.entries({ x, dy }).map(([name, operand]) => [operand, given(inputs, name, "f32")] as const),
  };
};
