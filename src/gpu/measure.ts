import type { Gpu } from "./device.ts";
import { copy, peakFma } from "./kernels.gen.ts";
import type { Launch } from "./launch.ts";
import { Plan } from "./plan.ts";
import { STILL } from "./step.ts";

/** Work below this never needs cutting on any adapter, so nothing has to be measured for it. */
const TRIVIAL_FLOPS = 2e7;
/** A kernel is assumed to reach at least this share of the measured peak (the slowest of ours do on the adapters measured so far). */
const WORST_EFFICIENCY = 0.02;
/** Half of the two seconds after which operating systems reset a GPU. */
const MAX_SECONDS = 1;

/** Most floating-point operations that one dispatch may have: what the slowest kernel does in a second on this adapter, as measured. */
export async function dispatchBudget(gpu: Gpu, launches: readonly Launch[]): Promise<number> {
  if (launches.every(({ flops }) => flops <= TRIVIAL_FLOPS)) return Number.POSITIVE_INFINITY;
  return Math.max(TRIVIAL_FLOPS, (await gpu.measured("fma", measureFma)) * WORST_EFFICIENCY * MAX_SECONDS);
}

/** Multiply-adds per second, counted as two operations each, in one large dispatch. */
export async function measureFma(gpu: Gpu): Promise<number> {
  const threads = gpu.adapter.software ? 2048 : 2 ** 18;
  return throughput(gpu, async (turns) => {
    const plan = new Plan(gpu, "peak");
    const y = { slot: plan.slot("y", 4 * threads), shape: [threads], dtype: "f32" } as const;
    plan.launch(peakFma, { y }, { T: threads, R: turns, a: 0.5, b: 0.25 }, [threads / 64]);
    return { plan: await plan.open(), work: threads * turns * 96 * 2 };
  });
}

/** Bytes per second, read and written, of a copy that is larger than caches on CPUs and fits every adapter. */
export async function measureCopy(gpu: Gpu): Promise<number> {
  const vectors = 2 ** 20;
  return throughput(gpu, async (turns) => {
    const plan = new Plan(gpu, "copy");
    const operand = (label: string) => ({ slot: plan.slot(label, 16 * vectors), shape: [4 * vectors], dtype: "f32" as const });
    const [a, b] = [operand("a"), operand("b")];
    plan.launch(copy, { x: plan.input("x", [4 * vectors]), y: a }, { T: vectors }, [vectors / 64]);
    for (let i = 0; i < turns; i++) plan.launch(copy, i % 2 ? { x: b, y: a } : { x: a, y: b }, { T: vectors }, [vectors / 64]);
    return { plan: await plan.open(), work: (turns + 1) * 32 * vectors };
  });
}

/** Doubles the work until a run takes 10 ms, so that launch overhead does not count; the best of three such runs. */
async function throughput(gpu: Gpu, make: (turns: number) => Promise<{ plan: Plan; work: number }>): Promise<number> {
  for (let turns = 1; ; turns *= 4) {
    const { plan, work } = await make(turns);
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 3; i++) {
      const start = performance.now();
      plan.run(STILL);
      await plan.pace(0);
      best = Math.min(best, (performance.now() - start) / 1000);
    }
    plan.close();
    gpu.check();
    if (best > 0.01 || turns > 2 ** 16) return work / best;
  }
}
