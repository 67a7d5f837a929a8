import { Tape } from "../autograd.ts";
import type { Plan } from "../gpu/plan.ts";
import { add } from "./add.ts";

/**
 * Starts recording ops into a plan.
 * @param training batch statistics and gradients (true), or running statistics and no gradients (false).
 */
export function openTape(plan: Plan, training: boolean): Tape {
  return new Tape(plan, training, add);
}
