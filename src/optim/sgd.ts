import { UsageError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Plan } from "../gpu/plan.ts";
import { Store } from "../gpu/store.ts";
import type { Place } from "../nn/named.ts";
import type { Parameters } from "../nn/parameters.ts";
import { checkNames, checkNumber } from "../options.ts";
import { mirror, mirrored, type Optimiser } from "./optimiser.ts";

export interface SgdConfig {
  /** From 0 to 1. Default 0.9. */
  readonly momentum?: number;
  /** Looks one momentum step ahead (Sutskever et al. 2013). Default false. */
  readonly nesterov?: boolean;
  /** L2 penalty added to every gradient, biases and batch norms included, as in PyTorch. Default 0. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent exactly as torch.optim.SGD (dampening 0): d = g + decay w; v = momentum v + d;
 * w -= rate (v, or d + momentum v with Nesterov). The rate comes from the step uniform, so a schedule needs no new launch.
 */
export class Sgd implements Optimiser {
  /** Momentum, in the parameters' layout. */
  readonly velocity: Store;
  readonly #places: ReadonlyMap<string, Place>;

  /** Call it once all parameters have been added. @throws UsageError on a value out of range or an unknown option. */
  constructor(
    readonly parameters: Parameters,
    readonly config: SgdConfig = {},
  ) {
    checkNames("sgd", config, ["momentum", "nesterov", "weightDecay"]);
    const { momentum = 0.9, weightDecay = 0, nesterov = false } = config;
    checkNumber("sgd: momentum", momentum, { min: 0, max: 1 });
    checkNumber("sgd: weightDecay", weightDecay, { min: 0 });
    if (typeof nesterov !== "boolean") throw new UsageError(`sgd: nesterov: expected true or false, got ${JSON.stringify(nesterov)}`);
    if (nesterov && momentum === 0) throw new UsageError("sgd: nesterov needs a momentum above 0");
    this.velocity = new Store(parameters.gpu, "velocity", "optimiser");
    this.#places = mirror(parameters, this.velocity, "momentum");
  }

  /** Appends the update of all parameters to the plan: one launch. After `parameters.collect`. */
  step(plan: Plan): void {
    const { momentum: mu = 0.9, nesterov = false, weightDecay: decay = 0 } = this.config;
    const operands = { gradient: this.parameters.gradients.all(), weight: this.parameters.values.all(), velocity: this.velocity.all() };
    const N = mirrored("sgd", this.parameters, this.velocity);
    plan.launch(kernels.sgd, operands, { N, mu, decay, nesterov: nesterov ? 1 : 0 }, [Math.ceil(N / 256)], { flops: 6 * N });
  }

  named(): ReadonlyMap<string, Place> {
    return this.#places;
  }

  destroy(): void {
    this.velocity.destroy();
  }
}
