import type { Tape } from "../autograd.ts";
import { InternalError, UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Plan } from "../gpu/plan.ts";
import { elements, type Slot } from "../gpu/slot.ts";
import { Store } from "../gpu/store.ts";
import { copy, materialise } from "../ops/scale.ts";
import { Tensor } from "../tensor.ts";
import { drawFor, type Init } from "./init.ts";
import { type Place, readNamed, type Values, writeNamed } from "./named.ts";

interface Parameter {
  readonly tensor: Tensor;
  readonly gradient: Slot;
}

/**
 * Everything that a model learns or remembers, by PyTorch's names and in PyTorch's layouts: parameters (with a gradient each) and
 * state such as running statistics. Parameters and gradients are two stores of one layout, so that an optimiser is one launch.
 */
export class Parameters {
  readonly values: Store;
  readonly gradients: Store;
  readonly state: Store;
  readonly #parameters = new Map<string, Parameter>();
  readonly #buffers = new Map<string, Tensor>();

  /** @param seed of the run; start values are a function of (seed, name, element). */
  constructor(
    readonly gpu: Gpu,
    readonly seed: number,
  ) {
    this.values = new Store(gpu, "parameters", "parameters");
    this.gradients = new Store(gpu, "gradients", "gradients");
    this.state = new Store(gpu, "state", "state");
  }

  /** A tensor to be learned. @throws UsageError when the name is taken. */
  add(name: string, shape: readonly number[], init: Init): Tensor {
    this.#claim(name);
    const bytes = 4 * elements(shape);
    const tensor = new Tensor(this.values.add(name, bytes), shape);
    tensor.requiresGrad = true;
    this.values.writeLater(tensor.slot, () => init(shape, drawFor(this.seed, name)));
    this.#parameters.set(name, { tensor, gradient: this.gradients.add(`d ${name}`, bytes) });
    return tensor;
  }

  /**
   * State that is saved with the model but not learned, such as running statistics.
   * @param value of every element, or all elements
   * @throws UsageError when the name is taken
   */
  buffer(name: string, shape: readonly number[], value: number | Float32Array): Tensor {
    this.#claim(name);
    const tensor = new Tensor(this.state.add(name, 4 * elements(shape)), shape);
    this.state.write(tensor.slot, typeof value === "number" ? new Float32Array(elements(shape)).fill(value) : value);
    this.#buffers.set(name, tensor);
    return tensor;
  }

  #claim(name: string): void {
    if (this.#parameters.has(name) || this.#buffers.has(name)) throw new UsageError(`parameter ${name} exists already`);
  }

  /** Numbers to learn, padding not counted. */
  get count(): number {
    return [...this.#parameters.values()].reduce((n, { tensor }) => n + tensor.size, 0);
  }

  /**
   * After `tape.backward`: puts every parameter's gradient in its place of the gradient store, where the optimiser finds it.
   * @param into other places of one store, under the parameters' names
   * @throws UsageError naming a parameter that the loss does not depend on.
   */
  collect(tape: Tape, into: ReadonlyMap<string, Pick<Place, "slot">> = this.namedGradients()): void {
    const found = [...this.#parameters].map(([name, { tensor }]) => {
      const own = tape.gradient(tensor);
      const gradient = into.get(name)?.slot;
      if (!gradient) throw new InternalError(`there is no place for the gradient of ${name}`);
      if (!own) throw new UsageError(`parameter ${name} has no gradient: the loss does not depend on it`);
      return { source: materialise(tape, own), gradient };
    });
    const slots = found.map(({ source }) => source.slot);
    const apart = readBesideWrites(tape.plan, new Set(slots));
    for (const { source, gradient } of found) {
      const shared = slots.indexOf(source.slot) !== slots.lastIndexOf(source.slot); // as a and b of a + b share theirs
      tape.plan.pin((shared || apart.has(source.slot) ? copy(tape, source) : source).slot, gradient);
    }
  }

  /** Parameters in the order they were added. */
  tensors(): Map<string, Tensor> {
    return new Map([...this.#parameters].map(([name, { tensor }]) => [name, tensor]));
  }

  /** Parameters and state, as a checkpoint names them. */
  named(): Map<string, Place> {
    const parameters = [...this.tensors()].map(([name, t]): [string, Place] => [
      name,
      { shape: t.shape, slot: t.slot, store: this.values },
    ]);
    const buffers = [...this.#buffers].map(([name, t]): [string, Place] => [name, { shape: t.shape, slot: t.slot, store: this.state }]);
    return new Map([...parameters, ...buffers]);
  }

  /** Gradients of the last step, under the parameters' names: for tests and for a look inside. */
  namedGradients(): Map<string, Place> {
    const place = ({ tensor, gradient }: Parameter): Place => ({ shape: tensor.shape, slot: gradient, store: this.gradients });
    return new Map([...this.#parameters].map(([name, parameter]) => [name, place(parameter)]));
  }

  /** Parameters and state on the host. Waits for the steps submitted so far. */
  async read(): Promise<Map<string, Values>> {
    return readNamed(this.named());
  }

  /** Replaces parameters and state. @throws ShapeError, with nothing written, when a tensor is missing, unknown or of another shape. */
  write(values: ReadonlyMap<string, Values>): void {
    writeNamed(this.named(), values);
  }

  /** Frees the device memory. */
  destroy(): void {
    for (const store of [this.values, this.gradients, this.state]) store.destroy();
  }
}

/** Of these slots, the ones that a launch reads while it writes another: they must not move into one buffer, which WebGPU forbids. */
function readBesideWrites(plan: Plan, slots: ReadonlySet<Slot>): Set<Slot> {
  const found = new Set<Slot>();
  for (const { kernel, operands } of plan.launches) {
    const touched = Object.entries(operands).filter(([, { slot }]) => slots.has(slot));
    if (!touched.some(([name]) => kernel.bindings[name]?.access === "read_write")) continue;
    for (const [name, { slot }] of touched) if (kernel.bindings[name]?.access === "read") found.add(slot);
  }
  return found;
}
