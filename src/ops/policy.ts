import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import { elements, type Operand } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";
import { perItem } from "./grid.ts";
import { sum } from "./reduce.ts";
import { scaleBy } from "./scale.ts";

/** Stands for an action where none was taken: such a frame has no loss. */
export const NO_ACTION = 0xffffffff;

/** Actions u32[B] drawn from softmax(logits[B, A]): a function of the seed and step of the run, and of the row. Carries no gradient. */
export function drawAction(tape: Tape, logits: Tensor): Tensor {
  const [B = 0, A = 0] = logits.shape;
  if (logits.shape.length !== 2) throw new ShapeError(`drawAction: expected [B, A], got [${logits.shape}]`);
  const action = tape.tensor([B], "u32", "actions");
  tape.launch(kernels.drawAction, { x: logits, action }, { B, A }, perItem(B), { flops: 8 * logits.size });
  return action;
}

export interface PolicyOptions {
  /** u32[R]: what was done; `NO_ACTION` where nothing was. */
  readonly action: Operand;
  /** f32[R]: how much better it turned out than expected. Carries no gradient. */
  readonly advantage: Operand;
  /** Weight of the entropy, in nats, that is taken off the loss. */
  readonly entropy: number;
  /** Weight of a frame: 1 / (frames with an action) makes means of sums. */
  readonly share: number;
}

/** Loss and entropy of a policy, f32[1] each. The loss carries the gradient into the logits. */
export interface PolicyLoss {
  readonly loss: Tensor;
  readonly entropy: Tensor;
}

/**
 * -advantage ln pi(action) - entropy H(pi) of a policy pi = softmax(logits[R, A]), summed over rows with weight `share`: REINFORCE with a
 * baseline (Williams 1992) and the entropy bonus of A3C (Mnih et al. 2016, arXiv:1602.01783). Loss and gradient come out of one launch.
 * @throws ShapeError when sizes do not match
 */
export function policyGradient(tape: Tape, logits: Tensor, { action, advantage, entropy: beta, share }: PolicyOptions): PolicyLoss {
  const [R = 0, A = 0] = logits.shape;
  if (logits.shape.length !== 2 || elements(action.shape) !== R || elements(advantage.shape) !== R)
    throw new ShapeError(`policyGradient: logits [${logits.shape}], actions [${action.shape}], advantages [${advantage.shape}]`);
  const [row, rows] = [tape.tensor([R], "f32", "policy losses"), tape.tensor([R], "f32", "policy entropies")];
  const dx = tape.tensor(logits.shape, "f32", "d policy");
  const operands = { x: logits, action, advantage, row, entropy: rows, dx };
  tape.launch(kernels.policyGradient, operands, { R, A, share, beta }, perItem(R), { flops: 24 * logits.size });
  const loss = sum(tape, row);
  tape.record(loss, [logits], (d) => [scaleBy(tape, dx, d)]);
  return { loss, entropy: sum(tape, rows) };
}

export interface ReturnOptions {
  /** Of a reward one step later, 0 to 1. */
  readonly gamma: number;
  /** 1: n-step returns; below, generalised advantages (Schulman et al. 2016, arXiv:1506.02438). */
  readonly lambda: number;
}

/**
 * Advantages and goals of the values, f32[B, T + 1] each, of a window of T steps: rewards to its end and the value of the frame after it,
 * up to where episodes end. In that last frame the advantage is 0 and the goal the value itself. Carry no gradient.
 * @param reward f32[B, T]
 * @param goesOn f32[B, T]: 0 where the episode ended with the step, else 1
 * @param value f32[B, T + 1]
 * @throws ShapeError when sizes do not match
 */
export function returnsOf(
  tape: Tape,
  { reward, goesOn, value }: { readonly reward: Operand; readonly goesOn: Operand; readonly value: Tensor },
  options: ReturnOptions,
): { readonly advantage: Tensor; readonly goal: Tensor } {
  const [B = 0, T = 0] = reward.shape;
  if (goesOn.shape.join() !== reward.shape.join() || value.shape.join() !== [B, T + 1].join())
    throw new ShapeError(
      `returnsOf: rewards [${reward.shape}], goesOn [${goesOn.shape}], values [${value.shape}]: the last is one step longer`,
    );
  const [advantage, goal] = [tape.tensor(value.shape, "f32", "advantages"), tape.tensor(value.shape, "f32", "value goals")];
  const operands = { reward, goes_on: goesOn, value, advantage, goal };
  tape.launch(kernels.returns, operands, { B, T, ...options }, perItem(B), { flops: 8 * value.size });
  return { advantage, goal };
}
