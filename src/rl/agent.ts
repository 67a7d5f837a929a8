import type { Tape } from "../autograd.ts";
import type { Operand } from "../gpu/slot.ts";
import { uniformWithin } from "../nn/init.ts";
import { linearLayer } from "../nn/layers.ts";
import type { Parameters } from "../nn/parameters.ts";
import { gruLayer } from "../nn/recurrent.ts";
import { concat } from "../ops/concat.ts";
import { relu } from "../ops/relu.ts";
import { reshape } from "../ops/reshape.ts";
import type { Tensor } from "../tensor.ts";

export interface AgentSizes {
  /** Numbers of an observation. */
  readonly observation: number;
  readonly actions: number;
  /** Units of the encoder's hidden layer. */
  readonly hidden: number;
  /** Numbers in a latent, a multiple of 4. */
  readonly latents: number;
  /** Units of the GRU: numbers in a context. */
  readonly units: number;
}

/** What an agent is told of B windows of T frames. */
export interface AgentInput {
  /** f32[B, T, observation] */
  readonly observation: Tensor;
  /** f32[B, T, actions + 1]: the action before the frame as a unit vector, then its reward; all 0 at the start of an episode. */
  readonly past: Tensor;
  /** f32[B, T]: 0 where the GRU starts anew. */
  readonly keep: Operand;
  /** [B, units]: the GRU's state before the first frame. */
  readonly state: Tensor;
}

export interface AgentOutput {
  /** f32[B, T, latents]: the encoder's view of each frame alone. */
  readonly latents: Tensor;
  /** f32[B, T, units]: of the frame and what came before it in the episode. */
  readonly context: Tensor;
  /** f32[B T, actions] */
  readonly logits: Tensor;
  /** f32[B, T] */
  readonly value: Tensor;
}

export type Agent = (tape: Tape, input: AgentInput) => AgentOutput;

/**
 * Actor and critic on one recurrent core. Parameters: `encoder.0`, `encoder.1` (linear, ReLU, linear), `core` (torch.nn.GRU over latent,
 * action before and reward before), `policy` and `value` (linear).
 */
export function agent(parameters: Parameters, { observation, actions, hidden, latents, units }: AgentSizes): Agent {
  const first = linearLayer(parameters, "encoder.0", observation, hidden);
  const second = linearLayer(parameters, "encoder.1", hidden, latents);
  const core = gruLayer(parameters, "core", latents + actions + 1, units);
  // Near 0: the first policy is near the uniform one, whatever the core says.
  const policy = linearLayer(parameters, "policy", units, actions, { init: uniformWithin(0.01) });
  const critic = linearLayer(parameters, "value", units, 1);
  return (tape, { observation: seen, past, keep, state }) => {
    const [B = 0, T = 0] = seen.shape;
    const rows = second(tape, relu(tape, first(tape, reshape(tape, seen, [B * T, observation]))));
    const z = reshape(tape, rows, [B, T, latents]);
    const context = core(tape, concat(tape, z, past), state, keep);
    const c = reshape(tape, context, [B * T, units]);
    return { latents: z, context, logits: policy(tape, c), value: reshape(tape, critic(tape, c), [B, T]) };
  };
}
