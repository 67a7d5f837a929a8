import type { Gpu } from "../../src/gpu/device.ts";
import { measureCopy, measureFma } from "../../src/gpu/measure.ts";
import { CASES } from "../cases/index.ts";
import type { BenchCase, Contender } from "../contract.ts";
import type { Counters } from "../counters.ts";
import { OURS } from "../ours/index.ts";
import { oursContender } from "../ours/ours.ts";
import type { BenchAnswer, BenchJob, Machine, Roof } from "./job.ts";
import { runCase } from "./run_case.ts";

/** Looks at the adapter's roof: the best of them, since whatever disturbs makes them lower. */
const LOOKS = 3;

/** @param peers the other libraries' ways to do a case, where the host has them */
export async function runJob(
  gpu: Gpu,
  job: BenchJob,
  counters: Counters,
  peers: (name: string) => readonly Contender[] = () => [],
): Promise<BenchAnswer> {
  const machine = machineOf(gpu);
  if (job.kind === "roof") return { machine, rows: [], roof: await measureRoof(gpu) };
  const bench = caseNamed(job.case);
  const ours = OURS[bench.name];
  const all = [...(ours ? [oursContender(gpu, ours)] : []), ...peers(bench.name)];
  const contenders = all.filter(({ variant, form }) => job.variants.includes(variant) && job.forms.includes(form));
  const rows = await runCase(bench, job.size, contenders, counters, { seconds: job.seconds, largest: machine.largest });
  return { machine, rows, roof: null };
}

/** @throws RangeError */
export function caseNamed(name: string): BenchCase {
  const found = CASES.find((bench) => bench.name === name);
  if (!found) throw new RangeError(`no case "${name}": expected ${CASES.map((bench) => bench.name).join(", ")}`);
  return found;
}

export async function measureRoof(gpu: Gpu): Promise<Roof> {
  const best = { gflops: 0, gbps: 0 };
  for (let i = 0; i < LOOKS; i++) {
    best.gflops = Math.max(best.gflops, (await measureFma(gpu)) / 1e9);
    best.gbps = Math.max(best.gbps, (await measureCopy(gpu)) / 1e9);
  }
  return best;
}

function machineOf({ name, adapter, limits }: Gpu): Machine {
  return { adapter: name, software: adapter.software, largest: Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize) };
}
