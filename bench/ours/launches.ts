import { Plan } from "../../src/gpu/plan.ts";
import { scale } from "../../src/ops/scale.ts";
import { openTape } from "../../src/ops/tape.ts";
import type { Tensor } from "../../src/tensor.ts";
import { FACTOR, NUMBERS } from "../cases/launches.ts";
import { given, type OursCase } from "./ours.ts";

export const launches: OursCase = (gpu, { n = 0 }, inputs) => {
  const plan = new Plan(gpu, "launches");
  const tape = openTape(plan, false);
  const x = tape.input("x", [NUMBERS]);
  let y: Tensor = x;
  for (let i = 0; i < n; i++) y = scale(tape, y, FACTOR);
  return { plan, results: { y }, feed: [[x, given(inputs, "x", "f32")]] };
};
