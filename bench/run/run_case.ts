import type { BenchCase, Contender, Detail, Inputs, Results, Running, Size } from "../contract.ts";
import type { Counters, Counts } from "../counters.ts";
import { median, p90, relativeError } from "../stats.ts";

export interface RunOptions {
  /** Time for the timed rounds of a case, at least: `ROUNDS` of them are run however long they take. */
  readonly seconds: number;
  /** Largest buffer that the adapter has, bytes. */
  readonly largest: number;
}

/** Fewest and most rounds. */
const ROUNDS = [3, 60] as const;
/** Steps of each contender before any is timed, the first and the counted one included, where they are short. */
const WARM_UP = 5;
const TOLERANCE = 1e-4;
/** Whoever needs longer for preparation and first step is not timed: rounds of minutes would hold up everybody else. */
const LONGEST_FIRST_MS = 60_000;

/** A contender that has passed the check and is being timed. */
interface Entrant {
  readonly contender: Contender;
  readonly running: Running;
  readonly first: number;
  readonly bytes: number;
  readonly step: Counts;
  readonly estimate: number;
  readonly worst: number;
  readonly walls: number[];
  readonly gpus: number[];
}

/**
 * Runs all contenders of a case on the same inputs: each is prepared and checked against the reference, then all take turns, one step
 * each a round, so that what disturbs the machine disturbs all. A contender that throws becomes a row that says so.
 */
export async function runCase(
  bench: BenchCase,
  size: Size,
  contenders: readonly Contender[],
  counters: Counters,
  { seconds, largest }: RunOptions,
): Promise<Detail[]> {
  const failures = new Map(contenders.flatMap((contender) => tooLarge(bench, size, contender, largest)));
  const runnable = contenders.filter((contender) => !failures.has(contender));
  if (runnable.length === 0) return contenders.map((contender) => failed(bench, size, contender, failures.get(contender) ?? ""));
  const inputs = bench.inputs(size);
  const expected = bench.reference(size, inputs);
  const entrants: Entrant[] = [];
  for (const contender of runnable) {
    try {
      entrants.push(await enter(bench, size, inputs, expected, contender, counters));
    } catch (error) {
      failures.set(contender, words(error));
    }
  }
  await race(entrants, seconds, failures);
  await timeGpu(entrants, counters, failures);
  for (const { running } of entrants) quietly(() => running.close());
  return contenders.map((contender) => {
    const failure = failures.get(contender);
    const entrant = entrants.find((one) => one.contender === contender);
    return entrant && failure === undefined ? measured(bench, size, entrant) : failed(bench, size, contender, failure ?? "did not run");
  });
}

/** Whom the adapter has no buffer for, and why: nobody tries, and no device is lost over it. */
function tooLarge(bench: BenchCase, size: Size, contender: Contender, largest: number): [Contender, string][] {
  const needed = bench.largest?.(size, contender.variant) ?? 0;
  return needed <= largest ? [] : [[contender, `skipped: needs a buffer of ${needed} bytes, the adapter allows ${largest}`]];
}

/** Prepares a contender, runs it once, checks it, runs it again and counts. @throws what it throws, and when its results are wrong */
async function enter(
  bench: BenchCase,
  size: Size,
  inputs: Inputs,
  expected: Results,
  contender: Contender,
  counters: Counters,
): Promise<Entrant> {
  const before = counters.live;
  counters.restartPeak();
  const start = performance.now();
  const running = await contender.prepare(size, inputs);
  try {
    await running.step();
    const first = performance.now() - start;
    if (first > LONGEST_FIRST_MS) throw new Error(`too slow: ${Math.round(first / 1000)} s for the first step, not timed`);
    const worst = check(await running.results(), expected, bench.tolerance ?? TOLERANCE);
    const counted = counters.counts();
    const again = performance.now();
    await running.step();
    const estimate = performance.now() - again;
    const step = difference(counted, counters.counts());
    return { contender, running, first, bytes: counters.peak - before, step, estimate, worst, walls: [], gpus: [] };
  } catch (error) {
    quietly(() => running.close());
    throw error;
  }
}

/** @returns the largest relative error @throws Error naming the result that is wrong or missing */
function check(got: Results, expected: Results, tolerance: number): number {
  let worst = 0;
  for (const [name, values] of Object.entries(expected)) {
    const found = got[name];
    if (!found) throw new Error(`wrong: ${name} is missing`);
    const error = relativeError(found, values);
    if (!(error <= tolerance)) throw new Error(`wrong: ${name} is off by ${error.toExponential(1)} (allowed ${tolerance})`);
    worst = Math.max(worst, error);
  }
  return worst;
}

/** Rounds in which every entrant takes one step, beginning with another one each time. */
async function race(entrants: readonly Entrant[], seconds: number, failures: Map<Contender, string>): Promise<void> {
  const round = entrants.reduce((sum, { estimate }) => sum + estimate / 1000, 0);
  const warmUps = Math.min(WARM_UP - 2, Math.floor(seconds / 4 / round));
  const rounds = Math.min(ROUNDS[1], Math.max(ROUNDS[0], Math.floor(seconds / round)));
  for (let r = -warmUps; r < rounds; r++) {
    for (let i = 0; i < entrants.length; i++) {
      const entrant = entrants[(i + Math.max(0, r)) % entrants.length];
      if (!entrant || failures.has(entrant.contender)) continue;
      try {
        const start = performance.now();
        await entrant.running.step();
        if (r >= 0) entrant.walls.push(performance.now() - start);
      } catch (error) {
        failures.set(entrant.contender, words(error));
      }
    }
  }
}

/** Steps with timestamps, which are not part of the wall times. */
async function timeGpu(entrants: readonly Entrant[], counters: Counters, failures: Map<Contender, string>): Promise<void> {
  for (const { contender, running, gpus, walls } of entrants) {
    if (failures.has(contender)) continue;
    const times = median(walls) > 3000 ? 1 : 3;
    try {
      for (let i = 0; i < times; i++) {
        counters.startTiming();
        await running.step();
        const time = await counters.stopTiming();
        if (time !== null) gpus.push(time);
      }
    } catch {
      await counters.stopTiming().catch(() => null); // a figure less, not a result less
    }
  }
}

const RATE = 1e6; // operations a millisecond to 1e9 a second

function measured(bench: BenchCase, size: Size, entrant: Entrant): Detail {
  const { contender, walls, gpus, step, first, bytes, worst } = entrant;
  const middle = median(walls);
  const onGpu = step.launches > 0;
  const rate = (amount: number) => (amount > 0 ? amount / middle / RATE : null);
  return {
    case: bench.name,
    size,
    variant: contender.variant,
    form: contender.form,
    median_ms: middle,
    p90_ms: p90(walls),
    gpu_ms: gpus.length > 0 ? median(gpus) : null,
    launches: onGpu ? step.launches : null,
    submits: onGpu ? step.submits : null,
    bytes: onGpu ? bytes : null,
    gflops: rate(bench.flops(size)),
    gbps: rate(bench.traffic(size)),
    error: null,
    first_ms: first,
    bind_groups: onGpu ? step.bindGroups : null,
    writes: onGpu ? step.writes : null,
    buffers: onGpu ? step.buffers : null,
    rounds: walls.length,
    worst,
  };
}

/** A row without figures. */
export function failed(
  bench: Pick<BenchCase, "name">,
  size: Size,
  { variant, form }: Pick<Contender, "variant" | "form">,
  error: string,
): Detail {
  const none = { median_ms: null, p90_ms: null, gpu_ms: null, launches: null, submits: null, bytes: null, gflops: null, gbps: null };
  const unknown = { first_ms: null, bind_groups: null, writes: null, buffers: null, rounds: 0, worst: null };
  return { case: bench.name, size, variant, form, ...none, error, ...unknown };
}

function difference(before: Counts, after: Counts): Counts {
  const names = Object.keys(after) as (keyof Counts)[];
  return Object.fromEntries(names.map((name) => [name, after[name] - before[name]])) as unknown as Counts;
}

/** One line. */
const words = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split("\n")[0]?.slice(0, 300) ?? "";

function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // What cannot be closed any more needs no closing.
  }
}
