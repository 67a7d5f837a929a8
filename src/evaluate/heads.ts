import type { Tape } from "../autograd.ts";
import { type HostRows, rowShape } from "../bank/rows.ts";
import { Loader } from "../data/loader.ts";
import { InternalError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { gatherRows, headsSgd } from "../gpu/kernels.gen.ts";
import { Plan } from "../gpu/plan.ts";
import type { TypedArray } from "../gpu/readback.ts";
import { elements, type Operand } from "../gpu/slot.ts";
import { STILL } from "../gpu/step.ts";
import { Store } from "../gpu/store.ts";
import { type Init, zeros } from "../nn/init.ts";
import { Parameters } from "../nn/parameters.ts";
import { crossEntropy } from "../ops/cross_entropy.ts";
import { linear } from "../ops/matmul.ts";
import { reshape } from "../ops/reshape.ts";
import { materialise } from "../ops/scale.ts";
import { openTape } from "../ops/tape.ts";
import { schedule } from "../optim/schedule.ts";
import { Tensor } from "../tensor.ts";

/** How one head learns. */
export interface HeadSetting {
  /** Learning rate of the first step. */
  readonly rate: number;
  /** Weight decay, of the bias too, as in torch.optim.SGD. */
  readonly decay: number;
}

export interface FitOptions {
  readonly epochs: number;
  /** Rows a step; all when there are fewer. */
  readonly batch: number;
  readonly momentum: number;
  /** `cosine` to 0 over all steps, or `step`: a tenth after 60 % and again after 80 % of them (MoCo's probe). */
  readonly schedule: "cosine" | "step";
  /** Of the order of the rows. */
  readonly seed: number;
  /** Keep the features on the device. Default: where one binding holds them; else every step's rows are sent with it. */
  readonly resident?: boolean | undefined;
}

/** Steps that may be under way: they are short, and waiting for each would cost more than it. */
const AHEAD = 4;

/**
 * H linear classifiers on the same features, each with its own rate and decay, trained together: one matrix [H C, D], one launch for all
 * logits, and a step of nine launches for any H. All start from the same weights, N(0, 0.01), and a bias of 0, and see the same batches.
 */
export class Heads {
  readonly #parameters: Parameters;
  readonly #velocity: Store;
  readonly #settings: Store;
  readonly #weight: Tensor;
  readonly #bias: Tensor;

  constructor(
    readonly gpu: Gpu,
    readonly dim: number,
    readonly classes: number,
    readonly settings: readonly HeadSetting[],
    seed: number,
  ) {
    const H = settings.length;
    this.#parameters = new Parameters(gpu, seed);
    this.#weight = this.#parameters.add("weight", [H * classes, dim], alike(classes * dim));
    this.#bias = this.#parameters.add("bias", [H * classes], zeros);
    this.#velocity = new Store(gpu, "velocity", "optimiser");
    this.#settings = new Store(gpu, "settings", "data");
    const slot = this.#settings.add("settings", 8 * H);
    this.#settings.write(slot, Float32Array.from(settings.flatMap(({ rate, decay }) => [rate, decay])));
  }

  /** Trains on rows [N, D] of the classes `labels` [N]; momentum starts at 0. */
  async fit(rows: HostRows, labels: Uint32Array, options: FitOptions): Promise<void> {
    const { epochs, momentum, seed } = options;
    const loader = new Loader({ length: rows.shape[0], batchSize: Math.min(options.batch, rows.shape[0]), seed });
    const steps = epochs * loader.stepsPerEpoch;
    const rate = schedule(scheduleOf(options.schedule, steps));
    const plan = new Plan(this.gpu, "probe");
    const tape = openTape(plan, true);
    const feed = makeFeed(tape, rows, loader.batchSize, options.resident);
    const H = this.settings.length;
    const truth = plan.input("labels", [loader.batchSize * H], "u32");
    this.#record(tape, feed.x, truth, momentum);
    try {
      await plan.open();
      for (let step = 0; step < steps; step++) {
        const { epoch, indices } = loader.at(step);
        const repeated = Uint32Array.from({ length: indices.length * H }, (_, i) => labels[indices[Math.floor(i / H)] ?? 0] ?? 0);
        plan.run({ seed, step, epoch, rate: rate(step) }, [...feed.inputs(indices), [truth, repeated]]);
        await plan.pace(AHEAD);
      }
      await plan.pace(0);
    } finally {
      plan.close();
      feed.close();
    }
  }

  /** The common loss is the mean over batch and heads, so each head's gradient comes out divided by H: the update takes that back. */
  #record(tape: Tape, x: Tensor, truth: Operand, momentum: number): void {
    const logits = linear(tape, x, this.#weight, this.#bias);
    const [B = 0] = logits.shape;
    tape.backward(crossEntropy(tape, reshape(tape, logits, [B * this.settings.length, this.classes]), truth));
    for (const weight of [this.#weight, this.#bias]) this.#update(tape, weight, momentum);
  }

  #update(tape: Tape, weight: Tensor, mu: number): void {
    const H = this.settings.length;
    const found = tape.gradient(weight);
    const [slot] = this.#settings.slots;
    if (!found || !slot) throw new InternalError("probe: a head has no gradient");
    const velocity: Operand = { slot: this.#velocity.add("velocity", weight.slot.bytes), shape: weight.shape, dtype: "f32" };
    const settings: Operand = { slot, shape: [H, 2], dtype: "f32" };
    const operands = { gradient: materialise(tape, found), settings, weight, velocity };
    tape.launch(headsSgd, operands, { H, N: weight.size / H, mu, gain: H }, [Math.ceil(weight.size / 256)], { flops: 6 * weight.size });
  }

  /** Calls `visit` with the logits [n, H, C] of a run of rows and the number of its first row, from the first row to the last. */
  async logits(rows: HostRows, visit: (logits: Float32Array, from: number) => void): Promise<void> {
    const [N, D] = rowShape(rows, "features");
    const width = this.settings.length * this.classes;
    const atOnce = Math.min(N, 1024, Math.max(1, Math.floor(2 ** 22 / (width + D))));
    const plan = new Plan(this.gpu, "probe logits");
    const tape = openTape(plan, false);
    const x = tape.input("rows", [atOnce, D]);
    const out = plan.keep(linear(tape, x, this.#weight, this.#bias));
    try {
      await plan.open();
      for (let from = 0; from < N; from += atOnce) {
        const part = new Float32Array(atOnce * D);
        part.set(rows.data.subarray(from * D, Math.min(from + atOnce, N) * D));
        plan.run(STILL, [[x, part]]);
        const logits = (await plan.read(out)) as Float32Array;
        visit(logits.subarray(0, Math.min(atOnce, N - from) * width), from);
      }
    } finally {
      plan.close();
    }
  }

  /** weight [H, C, D] and bias [H, C]. */
  async read(): Promise<{ weight: Float32Array; bias: Float32Array }> {
    const found = await this.#parameters.read();
    const data = (name: string): Float32Array => found.get(name)?.data ?? new Float32Array();
    return { weight: data("weight"), bias: data("bias") };
  }

  close(): void {
    this.#parameters.destroy();
    this.#velocity.destroy();
    this.#settings.destroy();
  }
}

/** N(0, 0.01), the same numbers in every head of `size` weights: heads then differ by their settings alone. */
const alike =
  (size: number): Init =>
  (shape, draw) => {
    const one = Float32Array.from({ length: size }, (_, i) => 0.01 * draw.normal(i));
    return Float32Array.from({ length: elements(shape) }, (_, i) => one[i % size] ?? 0);
  };

const scheduleOf = (kind: FitOptions["schedule"], steps: number) =>
  kind === "cosine"
    ? ({ kind, rate: 1, steps } as const)
    : ({ kind, rate: 1, gamma: 0.1, milestones: [0.6, 0.8].map((share) => Math.max(1, Math.round(share * steps))) } as const);

/** The rows of a batch as a tensor, and what each step must send for them. */
interface Feed {
  readonly x: Tensor;
  inputs(indices: Uint32Array): readonly (readonly [Operand, TypedArray])[];
  close(): void;
}

function makeFeed({ plan }: Tape, rows: HostRows, B: number, resident?: boolean): Feed {
  const [N, D] = rowShape(rows, "features");
  if (!(resident ?? 4 * N * D <= plan.gpu.limits.maxStorageBufferBindingSize)) return sentFeed(plan, rows, B);
  const store = new Store(plan.gpu, "features", "data");
  const all: Operand = { slot: store.add("features", 4 * N * D), shape: [N, D], dtype: "f32" };
  store.write(all.slot, rows.data);
  const index = plan.input("index", [B], "u32");
  const x = new Tensor(plan.slot("batch", 4 * B * D), [B, D]);
  plan.launch(gatherRows, { rows: all, index, picked: x }, { N, D, B }, [Math.ceil((B * D) / 256)]);
  return { x, inputs: (indices) => [[index, indices]], close: () => store.destroy() };
}

function sentFeed(plan: Plan, { data, shape }: HostRows, B: number): Feed {
  const D = shape[1];
  const { slot } = plan.input("rows", [B, D]);
  const x = new Tensor(slot, [B, D]);
  const part = new Float32Array(B * D);
  const inputs = (indices: Uint32Array): readonly (readonly [Operand, TypedArray])[] => {
    indices.forEach((row, i) => {
      part.set(data.subarray(row * D, (row + 1) * D), i * D);
    });
    return [[x, part]];
  };
  return { x, inputs, close: () => {} };
}
