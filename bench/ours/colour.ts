import { checkColour, recolour } from "../../src/data/views/colour.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { copy } from "../../src/ops/scale.ts";
import { openTape } from "../../src/ops/tape.ts";
import { GREYSCALE, JITTER } from "../cases/colour.ts";
import { given, type OursCase } from "./ours.ts";

/** Draws inside the kernel. It works in place, so a copy comes first: the peers make a new tensor, too. */
export const colour: OursCase = (gpu, { B = 0, H = 0 }, inputs) => {
  const plan = new Plan(gpu, "colour");
  const tape = openTape(plan, false);
  const [x, index] = [tape.input("x", [B, 3, H, H]), tape.input("index", [B], "u32")];
  const jitter = { brightness: JITTER, contrast: JITTER, saturation: JITTER };
  const checked = checkColour("bench", { jitter, grayscale: GREYSCALE });
  if (!checked) throw new Error("no colour changes");
  const y = recolour(tape, copy(tape, x), index, checked, 0);
  return {
    plan,
    results: { y },
    feed: [
      [x, given(inputs, "x", "f32")],
      [index, Uint32Array.from({ length: B }, (_, b) => b)],
    ],
  };
};
