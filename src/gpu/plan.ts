import { InternalError, ShapeError } from "../errors.ts";
import type { Gpu } from "./device.ts";
import type { KernelSpec, OperandsOf, ParamsOf } from "./kernel.ts";
import { checkLaunch, type Launch } from "./launch.ts";
import { laidOut, twinned } from "./layout.ts";
import { checkFits, type MemoryReport, memoryReport } from "./memory.ts";
import { type ArrayOf, readBuffer, type TypedArray } from "./readback.ts";
import { type KernelTime, Replay } from "./replay.ts";
import { type Schedule, schedule } from "./schedule.ts";
import { bytesFor, type Dtype, type Operand, Slot } from "./slot.ts";
import { STILL, type StepValues } from "./step.ts";
import { Store } from "./store.ts";
import { type Choices, choose, type Family } from "./variants.ts";

export interface LaunchOptions {
  /** Values for the kernel's `override`s; the rest keep their defaults. */
  readonly overrides?: { readonly [name: string]: number };
  /** Floating-point operations of the launch. Long ones are cut (see `split`). */
  readonly flops?: number;
}

/**
 * A step, recorded once and replayed. While recording, ops append launches; `open` decides where everything lives, allocates,
 * compiles and binds; `run` writes the step uniform, encodes the list in one pass and submits once. Nothing is created per step.
 */
export class Plan {
  readonly #launches: Launch[] = [];
  readonly #kept = new Set<Slot>();
  readonly #inputs: Store;
  readonly #choices = new Map<string, string>();
  #schedule: Schedule | undefined;
  #replay: Replay | undefined;

  constructor(
    readonly gpu: Gpu,
    readonly label: string,
  ) {
    this.#inputs = new Store(gpu, `${label} inputs`, "data");
  }

  /** Bytes that live within one step. They get a place by liveness when the plan opens. */
  slot(label: string, bytes: number): Slot {
    return new Slot(label, bytes);
  }

  /** An operand that the host fills at each `run`. */
  input(label: string, shape: readonly number[], dtype: Dtype = "f32"): Operand {
    return { slot: this.#inputs.add(label, bytesFor(shape, dtype)), shape, dtype };
  }

  /** Appends a launch. Sizes are checked here, against the kernel's shape lines. @throws ShapeError, and as `laidOut` and `twinned` */
  launch<K extends KernelSpec>(
    kernel: K,
    operands: OperandsOf<K, Operand>,
    params: ParamsOf<K>,
    grid: readonly number[],
    { overrides = {}, flops = 0 }: LaunchOptions = {},
  ): void {
    if (this.#schedule) throw new InternalError(`${this.label}: ${kernel.name} was launched after the plan was laid out`);
    const launch: Launch = { kernel, operands, params, overrides, grid: [grid[0] ?? 1, grid[1] ?? 1, grid[2] ?? 1], flops };
    checkLaunch(launch);
    this.#launches.push(laidOut(twinned(launch, this.gpu), this.gpu));
  }

  /** Appends the launches of the variant that does such a task on this adapter. */
  perform<T>(family: Family<T>, task: T): void {
    const { key, chosen, variant } = choose(this.gpu, family, task);
    this.#choices.set(key, chosen);
    variant.record(this, task);
  }

  /** Keeps an operand's bytes to the end of the step, so that `read` can fetch them. */
  keep<T extends Operand>(operand: T): T {
    this.#kept.add(operand.slot);
    return operand;
  }

  /** Makes a transient slot live in persistent memory: a gradient in its place of the flat gradient store. */
  pin(slot: Slot, target: Slot): void {
    if (slot.home || !target.home) throw new InternalError(`cannot pin ${slot.label} onto ${target.label}`);
    if (slot.bytes !== target.bytes) throw new ShapeError(`${slot.label} has ${slot.bytes} bytes, ${target.label} ${target.bytes}`);
    slot.home = target.home;
  }

  /** The choices that `perform` went by so far: in a device's table, they make the same launches again. */
  get choices(): Choices {
    return Object.fromEntries([...this.#choices].sort());
  }

  /** Launches recorded so far. */
  get launches(): readonly Launch[] {
    return this.#launches;
  }

  /** What this plan and the stores it uses need on the device. Allocates nothing; recording ends here. */
  memory(): MemoryReport {
    const { placement, stores } = this.#layOut();
    return memoryReport(stores, placement);
  }

  #layOut(): Schedule {
    this.#schedule ??= schedule(this.#launches, this.#kept, this.gpu.limits.maxBufferSize);
    return this.#schedule;
  }

  /** Lays out, checks that it fits, allocates, compiles, binds. @throws OutOfGpuMemoryError before anything is allocated. */
  async open(): Promise<this> {
    if (this.#replay) return this;
    const { placement, stores } = this.#layOut();
    checkFits(this.gpu, this.label, this.memory(), placement, stores);
    this.#replay = await Replay.create(this.gpu, this.label, this.#launches, placement, [...stores, this.#inputs]);
    return this;
  }

  /** One step: writes the inputs and the step uniform, encodes one pass, submits once. Does not wait. */
  run(values: StepValues = STILL, inputs: readonly (readonly [Operand, TypedArray])[] = []): void {
    for (const [operand, data] of inputs) this.#inputs.write(operand.slot, data);
    this.#opened().run(values);
  }

  /** Waits until at most `ahead` steps are unfinished: running further ahead makes drivers slower, not faster (jax-js #151). */
  async pace(ahead = 1): Promise<void> {
    await this.#opened().pace(ahead);
  }

  /** Runs one step with a timestamp around every launch. Needs `timestamp-query`. */
  async profile(values: StepValues = STILL): Promise<KernelTime[]> {
    return this.#opened().profile(values);
  }

  /** Reads a kept or persistent operand. Waits for the steps submitted so far. */
  async read<O extends Operand>(operand: O): Promise<ArrayOf<O["dtype"]>> {
    const { slot, shape, dtype, layout } = operand;
    if (layout) throw new InternalError(`${slot.label}: halves and shards are read by src/gpu/layout.ts`);
    if (dtype === "f16") throw new InternalError(`${slot.label} is f16: widen it first (ops/widths.ts)`);
    const { buffer, offset } = this.#opened().where(slot);
    if (!slot.home && !this.#kept.has(slot)) throw new InternalError(`${slot.label} was read but not kept: its bytes may be reused`);
    return readBuffer(this.gpu, buffer, offset, bytesFor(shape, dtype), dtype as O["dtype"]);
  }

  #opened(): Replay {
    if (!this.#replay) throw new InternalError(`${this.label} is not open`);
    return this.#replay;
  }

  /** Frees what belongs to the plan alone; stores stay. */
  close(): void {
    this.#replay?.destroy();
    this.#replay = undefined;
    this.#inputs.destroy();
  }
}
