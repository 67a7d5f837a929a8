import { InternalError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { Plan } from "../gpu/plan.ts";
import type { Operand } from "../gpu/slot.ts";
import { Store } from "../gpu/store.ts";
import { Parameters } from "../nn/parameters.ts";
import { Cpc } from "../objectives/cpc.ts";
import { add } from "../ops/add.ts";
import { Ledger } from "../ops/ledger.ts";
import { drawAction, policyGradient, returnsOf } from "../ops/policy.ts";
import { reshape } from "../ops/reshape.ts";
import { copy, scale } from "../ops/scale.ts";
import { squaredError } from "../ops/squared_error.ts";
import { openTape } from "../ops/tape.ts";
import { makeOptimiser } from "../optim/by_name.ts";
import type { Optimiser } from "../optim/optimiser.ts";
import { Tensor } from "../tensor.ts";
import { type Agent, agent } from "./agent.ts";
import { type AgentConfig, checkEpisodes } from "./config.ts";
import type { Frames, Window } from "./window.ts";
import { ACTIONS, observationSize, type World } from "./world.ts";

/** Updates whose figures wait on the device. */
const LEDGER = 64;

/** The means of an update: `loss`, `entropy`, and with an auxiliary loss `cpc` and `bound`, nats that a context is known to tell of the future. */
export type Figures = { readonly [name: string]: number };

type Inputs<K extends string> = { readonly [name in K]: Tensor };

/**
 * Advantage actor-critic (Mnih et al. 2016, arXiv:1602.01783, its synchronous form): two plans, recorded once. One acts, a frame of all
 * environments at a time; the other learns from a window. The GRU's state stays on the device in between.
 */
export class Learner {
  readonly parameters: Parameters;
  readonly optimiser: Optimiser;
  readonly ledger: Ledger;
  readonly #acting: Plan;
  readonly #learning: Plan;
  readonly #action: Operand;
  readonly #seen: Inputs<"observation" | "past" | "keep">;
  readonly #window: Inputs<keyof Window>;
  readonly #stores: readonly Store[];
  readonly #config: AgentConfig;

  /** Records and opens both plans. @throws UsageError, and what `Cpc` and opening throw */
  static async create(gpu: Gpu, config: AgentConfig, world: World): Promise<Learner> {
    const learner = new Learner(gpu, config, world);
    await learner.#acting.open();
    await learner.#learning.open();
    return learner;
  }

  private constructor(gpu: Gpu, config: AgentConfig, world: World) {
    const { environments: N, window: T, units, hidden, latents } = config;
    const observation = observationSize(world);
    this.#config = config;
    this.parameters = new Parameters(gpu, config.seed);
    const network = agent(this.parameters, { observation, actions: ACTIONS, hidden, latents, units });
    const state = (label: string): [Store, Tensor] => {
      const store = new Store(gpu, label, "state");
      return [store, new Tensor(store.add(label, 4 * N * units), [N, units])];
    };
    const [[nowStore, now], [startStore, start]] = [state("state of the core"), state("state before the window")];
    this.#stores = [nowStore, startStore];
    this.#acting = new Plan(gpu, "acting");
    [this.#seen, this.#action] = recordActing(this.#acting, network, { N, observation, now });
    this.#learning = new Plan(gpu, "learning");
    const auxiliary = auxiliaryOf(this.parameters, config, world);
    this.optimiser = makeOptimiser(this.parameters, { name: "adam" });
    this.ledger = new Ledger(gpu, LEDGER);
    this.#window = windowInputs(this.#learning, N, T, observation);
    this.#recordLearning(network, auxiliary, start, now);
  }

  /** Forward over the window, loss, gradients, update; then the core's state becomes the one that the next window starts from. */
  #recordLearning(network: Agent, auxiliary: Cpc | undefined, start: Tensor, now: Tensor): void {
    const { environments: N, window: T, entropy, value: weight, auxiliary: chosen, gamma, lambda } = this.#config;
    const tape = openTape(this.#learning, true);
    const { observation, past, keep, reward, goesOn, action, episode } = this.#window;
    const made = network(tape, { observation, past, keep, state: start });
    const { advantage, goal } = returnsOf(tape, { reward, goesOn, value: made.value }, { gamma, lambda });
    const policy = policyGradient(tape, made.logits, { action, advantage, entropy, share: 1 / (N * T) });
    const critic = squaredError(tape, made.value, goal, weight / (N * T));
    let loss = add(tape, policy.loss, critic);
    const report: { [name: string]: Tensor } = { loss, entropy: policy.entropy };
    if (auxiliary && chosen) {
      const { loss: cpc, bound } = auxiliary.predict(tape, made.latents, made.context, { episodes: episode });
      loss = add(tape, loss, scale(tape, cpc, chosen.weight));
      Object.assign(report, { cpc, bound }); // no accuracy: many frames look alike, and a tie is no hit
    }
    tape.backward(loss);
    this.parameters.collect(tape);
    this.optimiser.step(this.#learning);
    this.ledger.note(tape, report);
    this.#learning.pin(copy(tape, now).slot, start.slot);
  }

  /** Actions u32[N] drawn from the policy. @param step number of the frame, all environments together, from 0 */
  async act(step: number, { observation, past, keep }: Frames): Promise<Uint32Array> {
    const { seed } = this.#config;
    this.#acting.run({ seed, step, epoch: 0, rate: 0 }, [
      [this.#seen.observation, observation],
      [this.#seen.past, past],
      [this.#seen.keep, keep],
    ]);
    return (await this.#acting.read(this.#action)) as Uint32Array;
  }

  /** One update from what a window of all environments held. Does not wait. */
  learn(update: number, window: Window): void {
    const { seed, rate } = this.#config;
    const inputs = (Object.keys(this.#window) as (keyof Window)[]).map((name) => [this.#window[name], window[name]] as const);
    this.#learning.run({ seed, step: update, epoch: 0, rate }, inputs);
  }

  /** Means over updates `from` to below `to`, the last ones run. Waits for them. */
  async figures(from: number, to: number): Promise<Figures> {
    const rows = await this.ledger.read(from, to);
    const names = Object.keys(rows[0] ?? {});
    return Object.fromEntries(names.map((name) => [name, rows.reduce((sum, row) => sum + (row[name] ?? 0), 0) / rows.length]));
  }

  /** Frees everything. */
  close(): void {
    this.#acting.close();
    this.#learning.close();
    for (const part of [this.parameters, this.optimiser, this.ledger, ...this.#stores]) part.destroy();
  }
}

/** One frame of all environments: what is seen goes in, actions come out, the core's state moves on. */
function recordActing(
  plan: Plan,
  network: Agent,
  { N, observation, now }: { readonly N: number; readonly observation: number; readonly now: Tensor },
): [Inputs<"observation" | "past" | "keep">, Operand] {
  const tape = openTape(plan, false);
  const seen = {
    observation: tape.input("observation", [N, 1, observation]),
    past: tape.input("past", [N, 1, ACTIONS + 1]),
    keep: tape.input("keep", [N, 1]),
  };
  const { context, logits } = network(tape, { ...seen, state: now });
  const action = plan.keep(drawAction(tape, logits));
  plan.pin(copy(tape, reshape(tape, context, now.shape)).slot, now.slot);
  return [seen, action];
}

function windowInputs(plan: Plan, N: number, T: number, observation: number): Inputs<keyof Window> {
  const input = (label: string, shape: readonly number[], dtype: "f32" | "u32" = "f32"): Tensor => {
    const { slot } = plan.input(label, shape, dtype);
    return new Tensor(slot, shape, dtype);
  };
  return {
    observation: input("observations", [N, T + 1, observation]),
    past: input("actions and rewards before", [N, T + 1, ACTIONS + 1]),
    keep: input("keep", [N, T + 1]),
    episode: input("episodes", [N, T + 1], "u32"),
    action: input("actions", [N, T + 1], "u32"),
    reward: input("rewards", [N, T]),
    goesOn: input("goes on", [N, T]),
  };
}

/** @throws UsageError when no episode, or no window, is as long as predictions reach */
function auxiliaryOf(parameters: Parameters, { auxiliary, ...config }: AgentConfig, world: World): Cpc | undefined {
  if (!auxiliary) return undefined;
  const { weight: _, ...options } = auxiliary;
  const { environments: batch, window, latents, units: context } = config;
  const encode = () => {
    throw new InternalError("an agent makes its own latents");
  };
  const cpc = new Cpc({ parameters, batch, frames: window + 1, latents, context, encode }, options);
  checkEpisodes(world, cpc.steps + cpc.choices.skip);
  return cpc;
}
