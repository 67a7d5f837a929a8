import { UsageError } from "../errors.ts";
import type { CpcOptions } from "../objectives/cpc.ts";
import { checkChoice, checkNames, checkNumber } from "../options.ts";
import { keysWorld } from "./keys.ts";
import { recallWorld } from "./recall.ts";
import type { World } from "./world.ts";

/** The worlds by name, at their default size. */
export const WORLDS: { readonly [name: string]: () => World } = {
  recall: () => recallWorld() as unknown as World,
  keys: () => keysWorld() as unknown as World,
};

export interface AuxiliaryConfig extends CpcOptions {
  /** Of the auxiliary loss beside that of the actor-critic. */
  readonly weight: number;
}

/** Everything that a training of an agent depends on: plain data. */
export interface AgentConfig {
  /** A name of `WORLDS`. */
  readonly world: string;
  readonly seed: number;
  /** Environments that act at the same time, N. */
  readonly environments: number;
  /** Actions of every environment between two updates, T: the n of n-step returns, and how far back gradients reach. */
  readonly window: number;
  readonly updates: number;
  /** Learning rate of Adam. */
  readonly rate: number;
  /** Discount of a reward one step later. */
  readonly gamma: number;
  /** 1: n-step returns; below, generalised advantages. */
  readonly lambda: number;
  /** Weight of the policy's entropy. */
  readonly entropy: number;
  /** Weight of half the mean squared error of the values. */
  readonly value: number;
  readonly hidden: number;
  readonly latents: number;
  readonly units: number;
  /** Whether the core remembers what came before. Without, it starts anew at every frame: for comparison. */
  readonly memory: boolean;
  /** Contrastive prediction of future latents beside the actor-critic; null for none. */
  readonly auxiliary: AuxiliaryConfig | null;
}

export const AGENT_DEFAULTS: AgentConfig = {
  world: "recall",
  seed: 1,
  environments: 32,
  window: 16,
  updates: 600,
  rate: 2e-3,
  gamma: 0.97,
  lambda: 1,
  entropy: 0.02,
  value: 0.5,
  hidden: 64,
  latents: 32,
  units: 48,
  memory: true,
  auxiliary: null,
};

/**
 * The loss of `auxiliary` unless options say otherwise: rlpyt's choices for DeepMind Lab, over a few steps and told from the frames of the
 * same time in the other environments. All frames of the window as negatives, as in rlpyt, took about five
 * times as long in the one run that was compared.
 */
export const AUXILIARY_DEFAULTS: AuxiliaryConfig = { weight: 0.01, profile: "rlpyt", steps: 5, negatives: "batch" };

/** @throws UsageError on an unknown option or a value out of range */
export function agentConfig(options: Partial<AgentConfig>): AgentConfig {
  const config = { ...AGENT_DEFAULTS, ...options };
  checkNames("agent", config, Object.keys(AGENT_DEFAULTS));
  checkChoice("agent: world", config.world, Object.keys(WORLDS));
  for (const name of ["environments", "window", "updates", "hidden", "latents", "units"] as const)
    checkNumber(`agent: ${name}`, config[name], { min: 1, integer: true });
  checkNumber("agent: seed", config.seed, { min: 0, max: 2 ** 32 - 1, integer: true });
  checkNumber("agent: rate", config.rate, { min: 0, above: true });
  for (const name of ["gamma", "lambda"] as const) checkNumber(`agent: ${name}`, config[name], { min: 0, max: 1 });
  for (const name of ["entropy", "value"] as const) checkNumber(`agent: ${name}`, config[name], { min: 0 });
  if (typeof config.memory !== "boolean")
    throw new UsageError(`agent: memory: expected true or false, got ${JSON.stringify(config.memory)}`);
  if (config.auxiliary) checkAuxiliary(config.auxiliary, config);
  return config;
}

/** What can be known of predictions before an agent is made: others of a study would be trained first. */
function checkAuxiliary({ weight, steps }: AuxiliaryConfig, { window, world }: AgentConfig): void {
  checkNumber("agent: auxiliary: weight", weight, { min: 0, above: true });
  if (typeof steps !== "number") return;
  if (steps > window)
    throw new UsageError(`agent: auxiliary: ${steps} steps ahead do not fit sequences of ${window + 1} frames: expected at most ${window}`);
  const make = WORLDS[world];
  if (make) checkEpisodes(make(), steps);
}

/**
 * A prediction never leaves its episode: frames that follow its end are no targets, and where an episode is over before the first
 * step ahead it has none. That costs nothing where a few episodes are short; it is an error where no episode can be long enough.
 * @param ahead frames from a context to its last target
 * @throws UsageError
 */
export function checkEpisodes({ name, limit }: Pick<World, "name" | "limit">, ahead: number): void {
  if (ahead < limit) return;
  throw new UsageError(
    `agent: auxiliary: predictions reach ${ahead} frames ahead, and no episode of ${name} is longer than ${limit}: the last of them could never be learned. Take fewer steps`,
  );
}
