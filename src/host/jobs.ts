import type { TrainTest } from "../data/mnist.ts";
import type { SoundTrainTest } from "../data/sound.ts";
import type { TextTrainTest } from "../data/text/texts.ts";
import { UsageError } from "../errors.ts";
import { readSafetensors } from "../formats/safetensors.ts";
import type { AdapterIdentity, Gpu } from "../gpu/device.ts";
import { measureCopy, measureFma } from "../gpu/measure.ts";
import { type CaseResult, verifyCase } from "../objectives/verify.ts";
import type { RunFolder } from "../train/folder.ts";
import { type AgentDone, type AgentJob, runAgent } from "./job_agent.ts";
import { type EmbedDone, type EmbedJob, runEmbed } from "./job_embed.ts";
import { type EvaluateDone, type EvaluateJob, runEvaluate } from "./job_evaluate.ts";
import { type MeasureDone, type MeasureJob, runMeasure } from "./job_measure.ts";
import { type ProbeDone, type ProbeJob, runProbe } from "./job_probe.ts";
import { runSequenceProbe, type SequenceProbeDone, type SequenceProbeJob } from "./job_probe_sequences.ts";
import { type RetrieveDone, type RetrieveJob, runRetrieve } from "./job_retrieve.ts";
import { runTrain, type TrainJob, type TrainOutcome } from "./job_train.ts";
import { runTune, type TuneDone, type TuneJob } from "./job_tune.ts";
import { runViews, type ViewsDone, type ViewsJob } from "./job_views.ts";

/** What a host can be asked to do on its GPU. Plain data: a job travels to headless Chrome as JSON. */
export interface InfoJob {
  readonly kind: "info";
}

/** Reference cases to run: each is a file of the inputs' folder. */
export interface VerifyJob {
  readonly kind: "verify";
  readonly cases: readonly { readonly file: string; readonly name: string }[];
}

export type Job =
  | TrainJob
  | EvaluateJob
  | EmbedJob
  | ProbeJob
  | SequenceProbeJob
  | RetrieveJob
  | MeasureJob
  | ViewsJob
  | AgentJob
  | VerifyJob
  | TuneJob
  | InfoJob;

/** What a job works with besides the GPU: objects on this side of the house, relayed to the page when Chrome runs the job. */
export interface JobInputs {
  /** The run folder, or the files that a job reads. */
  readonly folder?: RunFolder | undefined;
  readonly data?: TrainTest | undefined;
  /** In the place of `data`, for the jobs that sound is for: train, evaluate, embed, sequenceProbe. */
  readonly sounds?: SoundTrainTest | undefined;
  /** The same for text. */
  readonly texts?: TextTrainTest | undefined;
  /** Versions of what the job runs on, by name; the host knows them. */
  readonly versions?: { readonly [name: string]: string } | undefined;
  /** Aborted: stop after the step at hand and save. */
  readonly signal: AbortSignal;
  /** Called with every event, in order. */
  emit(event: object): void;
}

/** What `nearfar info` says. */
export interface InfoEvent {
  readonly event: "info";
  readonly adapter: string;
  readonly identity: AdapterIdentity;
  readonly features: readonly string[];
  readonly limits: { readonly [name: string]: number };
  /** Where the choices of kernel variants are from. */
  readonly variants: string;
  /** Multiply-adds of f32, two operations each, a second. */
  readonly fma: number;
  /** Bytes read and written a second by a copy. */
  readonly copy: number;
}

/** The last line of `nearfar verify`. */
export interface VerifyDone {
  readonly event: "done";
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly adapter: string;
}

/** One line of `nearfar verify`: `error` says why a case could not be run; it has then failed. */
export type VerifyLine = CaseResult & { readonly error?: string };

/** The result of each kind of job. */
export interface JobResults {
  readonly train: TrainOutcome;
  readonly evaluate: EvaluateDone;
  readonly embed: EmbedDone;
  readonly probe: ProbeDone;
  readonly sequenceProbe: SequenceProbeDone;
  readonly retrieve: RetrieveDone;
  readonly measure: MeasureDone;
  readonly views: ViewsDone;
  readonly agent: AgentDone;
  readonly verify: VerifyDone;
  readonly tune: TuneDone;
  readonly info: InfoEvent;
}

type Runner<J extends Job> = (gpu: Gpu, job: J, inputs: JobInputs) => Promise<JobResults[J["kind"]]>;

const RUNNERS: { readonly [K in Job["kind"]]: Runner<Extract<Job, { kind: K }>> } = {
  train: runTrain,
  evaluate: runEvaluate,
  embed: runEmbed,
  probe: runProbe,
  sequenceProbe: runSequenceProbe,
  retrieve: runRetrieve,
  measure: runMeasure,
  views: runViews,
  agent: runAgent,
  tune: runTune,
  info: runInfo,
  verify: runVerify,
};

/** Does a job on an open GPU: the same code under Dawn and in a page. @throws whatever the job throws; it is then over */
export async function runJob<J extends Job>(gpu: Gpu, job: J, inputs: JobInputs): Promise<JobResults[J["kind"]]> {
  const runner = RUNNERS[job.kind] as unknown as Runner<J> | undefined;
  if (!runner) throw new UsageError(`unknown job ${JSON.stringify(job.kind)}`);
  return runner(gpu, job, inputs);
}

/** Emits a `VerifyLine` for every case. A file that is no case, or breaks, has failed; the others are still run. */
async function runVerify(gpu: Gpu, { cases }: VerifyJob, { folder, signal, emit }: JobInputs): Promise<VerifyDone> {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const { file, name } of cases) {
    signal.throwIfAborted();
    const line = await verifyFile(gpu, await folder?.read(file), name);
    count[line.passed ? "passed" : line.skipped === undefined ? "failed" : "skipped"]++;
    emit(line);
  }
  return { event: "done", ...count, adapter: gpu.name };
}

async function verifyFile(gpu: Gpu, bytes: Uint8Array | undefined, name: string): Promise<VerifyLine> {
  try {
    if (!bytes) throw new UsageError(`${name}: no such file`);
    const result = await verifyCase(gpu, readSafetensors(bytes, { name }));
    gpu.check();
    return result;
  } catch (error) {
    // A lost device fails everything that would follow, too: that is no matter of one case.
    gpu.check();
    const stem = name.replace(/^.*[\\/]/, "").replace(/\.safetensors$/, "");
    return { case: stem, objective: "", passed: false, errors: {}, error: error instanceof Error ? error.message : String(error) };
  }
}

async function runInfo(gpu: Gpu): Promise<InfoEvent> {
  const limits: { [name: string]: number } = {};
  // The limits are getters of a prototype: a spread would find none.
  for (const name in gpu.limits) {
    const value = gpu.limits[name as keyof GPUSupportedLimits];
    if (typeof value === "number") limits[name] = value;
  }
  const fma = await gpu.measured("fma", measureFma);
  const copy = await gpu.measured("copy", measureCopy);
  return {
    event: "info",
    adapter: gpu.name,
    identity: gpu.adapter,
    features: [...gpu.features].sort(),
    limits,
    variants: gpu.variants.origin,
    fma,
    copy,
  };
}
