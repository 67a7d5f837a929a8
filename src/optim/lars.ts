import { UsageError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Plan } from "../gpu/plan.ts";
import type { Operand } from "../gpu/slot.ts";
import { Store } from "../gpu/store.ts";
import type { Place } from "../nn/named.ts";
import type { Parameters } from "../nn/parameters.ts";
import { checkNames, checkNumber } from "../options.ts";
import { mirror, mirrored, type Optimiser } from "./optimiser.ts";

export interface LarsConfig {
  /** From 0 to 1. Default 0.9. */
  readonly momentum?: number;
  /** L2 penalty of the adapted parameters, part of the ratio, too. Default 0. */
  readonly weightDecay?: number;
  /** Trust coefficient eta > 0: how far a step at rate 1 may move a parameter, as a share of its norm. Default 0.001. */
  readonly trust?: number;
  /** Added to the denominator of the ratio, from 0 to 1. Default 1e-8. */
  readonly epsilon?: number;
  /** Leaves parameters of one dimension (biases, batch norms) out of adaptation and decay, as is usual. Default true. */
  readonly excludeVectors?: boolean;
}

/** Elements that a workgroup takes: enough to pay for it, few enough to keep every core of a GPU busy. */
const CHUNK = 4096;

/** Which elements belong to which parameter, as the kernels read it. */
interface Tables {
  /** u32[C, 4]: first element in the store, elements, parameter, whether it is adapted. */
  readonly chunks: Operand;
  /** u32[Q, 4]: first chunk, chunks, whether it is adapted, 0. */
  readonly spans: Operand;
}

/**
 * Layer-wise adaptive rates (You, Gitman, Ginsburg 2017, arXiv:1708.03888, eq. 6): every parameter's gradient is scaled by
 * trust |w| / (|g| + decay |w| + epsilon), or left alone where one of the norms is 0; d = ratio (g + decay w); v = momentum v + d;
 * w -= rate v. For large batches. Three launches, however many parameters there are.
 */
export class Lars implements Optimiser {
  /** Momentum, in the parameters' layout. */
  readonly velocity: Store;
  readonly #tables: Store;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #table: Tables;

  /** Call it once all parameters have been added. @throws UsageError on a value out of range or an unknown option. */
  constructor(
    readonly parameters: Parameters,
    readonly config: LarsConfig = {},
  ) {
    checkNames("lars", config, ["momentum", "weightDecay", "trust", "epsilon", "excludeVectors"]);
    checkNumber("lars: momentum", config.momentum ?? 0.9, { min: 0, max: 1 });
    checkNumber("lars: weightDecay", config.weightDecay ?? 0, { min: 0 });
    checkNumber("lars: trust", config.trust ?? 0.001, { min: 0, above: true });
    checkNumber("lars: epsilon", config.epsilon ?? 1e-8, { min: 0, max: 1 });
    const { excludeVectors = true } = config;
    if (typeof excludeVectors !== "boolean")
      throw new UsageError(`lars: excludeVectors: expected true or false, got ${JSON.stringify(excludeVectors)}`);
    this.velocity = new Store(parameters.gpu, "velocity", "optimiser");
    this.#places = mirror(parameters, this.velocity, "momentum");
    this.#tables = new Store(parameters.gpu, "layout of parameters", "optimiser");
    this.#table = layout(parameters, this.#tables, excludeVectors);
  }

  /** Appends the update of all parameters to the plan: norms, ratios, update. After `parameters.collect`. */
  step(plan: Plan): void {
    const { momentum: mu = 0.9, weightDecay: decay = 0, trust = 0.001, epsilon = 1e-8 } = this.config;
    const N = mirrored("lars", this.parameters, this.velocity);
    const { chunks, spans } = this.#table;
    const [C = 0, Q = 0] = [chunks.shape[0], spans.shape[0]];
    const [weight, gradient] = [this.parameters.values.all(), this.parameters.gradients.all()];
    const part = { slot: plan.slot("squares", 8 * C), shape: [C, 2], dtype: "f32" } as const;
    const ratio = { slot: plan.slot("ratios", 4 * Q), shape: [Q], dtype: "f32" } as const;
    plan.launch(kernels.larsNorms, { chunks, weight, gradient, part }, { C, N }, [C], { flops: 4 * N });
    plan.launch(kernels.larsRatios, { spans, part, ratio }, { Q, C, trust, decay, epsilon }, [Q], { flops: 2 * C + 8 * Q });
    const operands = { chunks, ratio, gradient, weight, velocity: this.velocity.all() };
    plan.launch(kernels.lars, operands, { C, Q, N, mu, decay }, [C], { flops: 7 * N });
  }

  named(): ReadonlyMap<string, Place> {
    return this.#places;
  }

  destroy(): void {
    this.velocity.destroy();
    this.#tables.destroy();
  }
}

/** Cuts every parameter into chunks and writes both tables into `store`. */
function layout(parameters: Parameters, store: Store, excludeVectors: boolean): Tables {
  const chunks: number[] = [];
  const spans: number[] = [];
  for (const { shape, size, slot } of parameters.tensors().values()) {
    const adapted = excludeVectors && shape.length < 2 ? 0 : 1;
    const [start, count] = [(slot.home?.offset ?? 0) / 4, Math.ceil(size / CHUNK)];
    const parameter = spans.length / 4;
    spans.push(chunks.length / 4, count, adapted, 0);
    for (let i = 0; i < count; i++) chunks.push(start + i * CHUNK, Math.min(CHUNK, size - i * CHUNK), parameter, adapted);
  }
  if (spans.length === 0) throw new UsageError("lars: there are no parameters to learn");
  const table = (label: string, rows: readonly number[]): Operand => {
    const slot = store.add(label, 4 * rows.length);
    store.write(slot, Uint32Array.from(rows));
    return { slot, shape: [rows.length / 4, 4], dtype: "u32" };
  };
  return { chunks: table("chunks", chunks), spans: table("spans", spans) };
}
