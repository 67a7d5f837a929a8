import type { Gpu } from "./device.ts";
import { Plan } from "./plan.ts";
import type { TypedArray } from "./readback.ts";
import { STILL } from "./step.ts";
import { adapterKind, type Choices, choiceKey, type Offers, type ShapeClass, supports, type Variant } from "./variants.ts";

/** A family's row of the table that `tune` makes. */
export interface TuneRow {
  readonly family: string;
  readonly shape: string;
  readonly candidates: readonly Candidate[];
  /** The fastest one that works; the default when none does. */
  readonly winner: string;
  /** What serves here without a measurement. */
  readonly default: string;
}

export interface Candidate {
  readonly variant: string;
  /** Of one task, best of the rounds: what disturbs a machine only adds. NaN for one that does not work. */
  readonly milliseconds: number;
  /** Why it was not timed. */
  readonly error?: string;
}

/** Times a candidate, each after the other. */
const ROUNDS = 7;
/** A timed run does its task as often as fits this time: otherwise it would measure the submit. */
const RUN_MS = 5;
const MOST_REPEATS = 64;
/** Largest difference from the general variant, relative to the largest value: rounding, not a bug. */
const TOLERANCE = 1e-3;

/**
 * Times every variant that this device has been equipped with and supports, on every shape class, about a tenth of a second each, compiling apart. A variant that does
 * not compile, or whose result is not that of the general one, has lost, and its row says why.
 */
export async function tune(gpu: Gpu, emit: (row: TuneRow) => void = () => {}): Promise<TuneRow[]> {
  const rows: TuneRow[] = [];
  for (const offers of gpu.variants.offers) {
    for (const [shape, shapeClass] of Object.entries(offers.classes)) {
      const row = await tuneClass(gpu, offers, shape, shapeClass);
      rows.push(row);
      emit(row);
    }
  }
  return rows;
}

/** The winners as a device's table takes them. */
export const choicesOf = (rows: readonly TuneRow[]): Choices =>
  Object.fromEntries(rows.map(({ family, shape, winner }) => [choiceKey(family, shape), winner]));

async function tuneClass<T>(gpu: Gpu, { family, variants }: Offers<T>, shape: string, shapeClass: ShapeClass<T>): Promise<TuneRow> {
  const trials: Trial[] = [];
  const candidates: Candidate[] = [];
  let truth: TypedArray | undefined;
  for (const variant of [family.general, ...variants]) {
    if (!supports(gpu, variant)) continue;
    try {
      const trial = await watched(gpu, () => Trial.open(gpu, variant, shapeClass));
      if (!trial) continue;
      trials.push(trial);
      truth ??= trial.result; // the general variant comes first
      trial.compare(truth);
    } catch (error) {
      gpu.check(); // a lost device is no matter of one variant
      candidates.push({ variant: variant.name, milliseconds: Number.NaN, error: error instanceof Error ? error.message : String(error) });
    }
  }
  const good = trials.filter(({ name }) => !candidates.some(({ variant }) => variant === name));
  for (let round = 0; round < ROUNDS; round++) for (const trial of good) await trial.time();
  for (const trial of trials) trial.close();
  candidates.push(...good.map(({ name, best }) => ({ variant: name, milliseconds: best })));
  candidates.sort((a, b) => (a.error === undefined ? a.milliseconds : 1e9) - (b.error === undefined ? b.milliseconds : 1e9));
  const usual = shapeClass.defaults[adapterKind(gpu.adapter)];
  const winner = good.length > 0 ? candidates[0]?.variant : undefined;
  return { family: family.name, shape, candidates, winner: winner ?? usual, default: usual };
}

/** One variant on its way through the rounds. */
class Trial {
  best = Number.POSITIVE_INFINITY;

  private constructor(
    readonly name: string,
    private readonly plan: Plan,
    private readonly repeats: number,
    readonly result: TypedArray,
  ) {}

  /** Compiles it, keeps what it computes, and finds out how often a timed run does it. Undefined when it does not fit the task. */
  static async open<T>(gpu: Gpu, variant: Variant<T>, { example }: ShapeClass<T>): Promise<Trial | undefined> {
    const once = new Plan(gpu, `tune ${variant.name}`);
    const { task, result, feed } = example(once);
    if (!(variant.fits?.(task) ?? true)) return undefined;
    variant.record(once, task);
    once.keep(result);
    await once.open();
    once.run(STILL, feed);
    const values = await once.read(result);
    const milliseconds = await timed(once);
    once.close();
    const repeats = Math.max(1, Math.min(MOST_REPEATS, Math.ceil(RUN_MS / Math.max(milliseconds, 0.01))));
    const plan = new Plan(gpu, `tune ${variant.name}`);
    const again = example(plan);
    for (let i = 0; i < repeats; i++) variant.record(plan, again.task);
    await plan.open();
    plan.run(STILL, again.feed);
    await plan.pace(0);
    return new Trial(variant.name, plan, repeats, values);
  }

  compare(truth: TypedArray): void {
    const expected = Array.from(truth);
    const scale = expected.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const worst = expected.findIndex((v, i) => !(Math.abs(v - (this.result[i] ?? Number.NaN)) <= TOLERANCE * scale));
    if (worst >= 0) throw new Error(`wrong on this adapter: element ${worst} is ${this.result[worst]}, expected ${expected[worst]}`);
  }

  async time(): Promise<void> {
    this.best = Math.min(this.best, (await timed(this.plan)) / this.repeats);
  }

  close(): void {
    this.plan.close();
  }
}

/** What the device refuses is the variant's failure, not the device's. */
async function watched<R>(gpu: Gpu, act: () => Promise<R>): Promise<R> {
  gpu.device.pushErrorScope("validation");
  const result = await act().finally(async () => {
    const refused = await gpu.device.popErrorScope();
    if (refused) throw new Error(refused.message);
  });
  return result;
}

/** Milliseconds of one run, submit and wait included. */
async function timed(plan: Plan): Promise<number> {
  const start = performance.now();
  plan.run(STILL);
  await plan.pace(0);
  return performance.now() - start;
}
