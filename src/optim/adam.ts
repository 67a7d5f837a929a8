import * as kernels from "../gpu/kernels.gen.ts";
import type { Plan } from "../gpu/plan.ts";
import { Store } from "../gpu/store.ts";
import type { Place } from "../nn/named.ts";
import type { Parameters } from "../nn/parameters.ts";
import { checkNames, checkNumber } from "../options.ts";
import { mirror, mirrored, type Optimiser } from "./optimiser.ts";

export interface AdamConfig {
  /** How much of the running mean of gradients a step keeps: from 0, below 1. Default 0.9. */
  readonly beta1?: number;
  /** How much of the running mean of their squares a step keeps: from 0, below 1. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root, outside of it, 1e-30 or more. Default 1e-8. */
  readonly epsilon?: number;
  /** Of every parameter, biases and batch norms included, as in PyTorch. Default 0 for adam, 0.01 for adamw. */
  readonly weightDecay?: number;
}

/** What float32 keeps of a number just below 1. */
const BELOW_ONE = 1 - 2 ** -24;

/**
 * Adam exactly as torch.optim.Adam, or as torch.optim.AdamW when `decoupled`: there the decay shrinks the weights by rate x decay
 * instead of joining the gradient. The bias correction counts the steps of the run from the step uniform, so a resumed run goes on.
 */
export class Adam implements Optimiser {
  /** Running mean of gradients, in the parameters' layout. */
  readonly mean: Store;
  /** Running mean of squared gradients, in the parameters' layout. */
  readonly variance: Store;
  readonly #places: ReadonlyMap<string, Place>;

  /** Call it once all parameters have been added. @throws UsageError on a value out of range or an unknown option. */
  constructor(
    readonly parameters: Parameters,
    readonly config: AdamConfig = {},
    readonly decoupled = false,
  ) {
    const where = this.#where();
    checkNames(where, config, ["beta1", "beta2", "epsilon", "weightDecay"]);
    checkNumber(`${where}: beta1`, config.beta1 ?? 0.9, { min: 0, max: BELOW_ONE });
    checkNumber(`${where}: beta2`, config.beta2 ?? 0.999, { min: 0, max: BELOW_ONE });
    checkNumber(`${where}: epsilon`, config.epsilon ?? 1e-8, { min: 1e-30, max: 1 });
    checkNumber(`${where}: weightDecay`, config.weightDecay ?? 0, { min: 0 });
    this.mean = new Store(parameters.gpu, "mean of gradients", "optimiser");
    this.variance = new Store(parameters.gpu, "mean of squared gradients", "optimiser");
    this.#places = new Map([...mirror(parameters, this.mean, "mean"), ...mirror(parameters, this.variance, "variance")]);
  }

  #where(): string {
    return this.decoupled ? "adamw" : "adam";
  }

  /** Appends the update of all parameters to the plan: one launch. After `parameters.collect`. */
  step(plan: Plan): void {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = this.decoupled ? 0.01 : 0 } = this.config;
    const N = mirrored(this.#where(), this.parameters, this.mean);
    const { values, gradients } = this.parameters;
    const operands = { gradient: gradients.all(), weight: values.all(), mean: this.mean.all(), variance: this.variance.all() };
    const decay = this.decoupled ? { coupled: 0, decoupled: weightDecay } : { coupled: weightDecay, decoupled: 0 };
    const rises = { rise1: 1 - beta1, rise2: 1 - beta2, log_b1: finiteLog(beta1), log_b2: finiteLog(beta2) };
    plan.launch(kernels.adam, operands, { N, ...rises, epsilon, ...decay }, [Math.ceil(N / 256)], { flops: 16 * N });
  }

  named(): ReadonlyMap<string, Place> {
    return this.#places;
  }

  destroy(): void {
    this.mean.destroy();
    this.variance.destroy();
  }
}

/** ln x, and for 0 something whose exponential is 0 in float32 too. */
const finiteLog = (x: number): number => Math.max(Math.log(x), -1000);
