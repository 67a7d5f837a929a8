import { FormatError, NearfarError, NonFiniteError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { withVariants } from "../gpu/variants.ts";
import { VERSION } from "../version.ts";
import { CHECKPOINT, type Checkpoint, packCheckpoint } from "./checkpoint.ts";
import type { TrainConfig } from "./config.ts";
import type { Baseline, DoneEvent, EvaluateEvent, StartEvent, TrainEvent } from "./events.ts";
import type { RunFolder } from "./folder.ts";
import { RunLog } from "./log.ts";
import type { Picture } from "./picture.ts";
import { openSession, type RunAppraiser, type RunData, type RunSession } from "./run_session.ts";
import { LEDGER_ROWS } from "./session.ts";

/** Steps between looks at the losses: a look waits for the device. */
const LOOK_EVERY = 10;

/** What a run needs of its surroundings. */
export interface TrainHost {
  /** Receives `config.json`, `metrics.jsonl`, `checkpoint.safetensors`; an earlier checkpoint in it is continued when `resume` is set. */
  readonly folder: RunFolder;
  readonly resume?: boolean;
  /** Versions of what it runs on (Node, Dawn, the browser), by name: noted in `config.json` beside nearfar's own. */
  readonly versions?: { readonly [name: string]: string } | undefined;
  /** Ends the run after the current step: the state is saved first, then `train` throws Interrupted. */
  readonly signal?: AbortSignal;
  /** Called before each step; training waits for what it returns (pause). */
  readonly ready?: () => Promise<void> | undefined;
  readonly emit?: (event: TrainEvent) => void;
  readonly picture?: (picture: Picture) => void;
}

/** The run was ended from outside. Its state is in the checkpoint. */
export class Interrupted extends NearfarError {
  constructor(
    readonly step: number,
    steps: number,
  ) {
    super(`interrupted after step ${step} of ${steps}; ${CHECKPOINT} holds everything needed to go on`);
  }
}

/** What a finished or interrupted run leaves for its report. */
export interface TrainResult {
  readonly done: DoneEvent;
  readonly events: readonly TrainEvent[];
  readonly picture: Picture | undefined;
}

/**
 * Trains, start to end: one loop for all objectives.
 * @throws UsageError for a config that cannot be; OutOfGpuMemoryError before anything is allocated; NonFiniteError at the step whose
 * loss is not finite (the last good checkpoint stays); FormatError for a checkpoint that is damaged or of another run; Interrupted.
 */
export async function train(gpu: Gpu, config: TrainConfig, data: RunData, host: TrainHost): Promise<TrainResult> {
  const checkpoint = host.resume ? await findCheckpoint(host.folder, data) : undefined;
  const session = await openSession(variantsOf(gpu, config, checkpoint), config, data, checkpoint?.vocabulary);
  try {
    const memory = session.plan.memory();
    if (checkpoint) (await import("./resume.ts")).restore(session.state(), checkpoint, CHECKPOINT);
    await session.plan.open();
    const log = await RunLog.open(host.folder, checkpoint?.step ?? 0);
    const run = new Run(session, await session.appraiser(), host, log, checkpoint);
    return await run.train(memory).finally(() => run.close());
  } finally {
    session.close();
  }
}

/**
 * The device under the table that the run is recorded by: a run that goes on keeps the variants it began with, so that its sums are
 * rounded as before; a deterministic one has the defaults.
 */
function variantsOf(gpu: Gpu, { deterministic }: TrainConfig, checkpoint: Checkpoint | undefined): Gpu {
  const { offers } = gpu.variants;
  if (checkpoint) {
    const { variants } = checkpoint;
    return withVariants(gpu, { offers: variants ? offers : [], choices: variants ?? {}, origin: "the run's own" });
  }
  return deterministic ? withVariants(gpu, { offers, choices: {}, origin: "defaults: deterministic" }) : gpu;
}

async function findCheckpoint(folder: RunFolder, data: RunData): Promise<Checkpoint> {
  const bytes = await folder.read(CHECKPOINT);
  if (!bytes) throw new FormatError(`${CHECKPOINT}: not found in the run folder: there is nothing to resume`);
  const { parseCheckpoint } = await import("./resume.ts"); // no part of the first download
  const checkpoint = parseCheckpoint(bytes, CHECKPOINT);
  if (checkpoint.fingerprint !== data.train.fingerprint) {
    throw new FormatError(
      `${CHECKPOINT}: was trained on other data (${checkpoint.fingerprint}) than given (${data.train.fingerprint}): ` +
        "rows of the memory bank would belong to other images",
    );
  }
  return checkpoint;
}

/** One session's way through the steps. */
class Run {
  readonly #started = performance.now();
  #step: number;
  #seen: number;
  #looked = performance.now();
  #saved = -1;
  #baseline: Baseline | null;
  #last: EvaluateEvent | undefined;
  #picture: Picture | undefined;

  constructor(
    private readonly session: RunSession,
    private readonly appraiser: RunAppraiser,
    private readonly host: TrainHost,
    private readonly log: RunLog,
    private readonly checkpoint: Checkpoint | undefined,
  ) {
    this.#step = checkpoint?.step ?? 0;
    this.#seen = this.#step;
    this.#baseline = checkpoint?.baseline ?? null;
  }

  async train(memory: StartEvent["memory"]): Promise<TrainResult> {
    const { session, host } = this;
    const made = { nearfar: VERSION, adapter: session.gpu.name, ...host.versions };
    await host.folder.write("config.json", `${JSON.stringify({ ...session.config, made }, null, 2)}\n`);
    if (!this.checkpoint) this.#baseline = await this.appraiser.baseline();
    this.#emit(this.#start(memory));
    if (!this.checkpoint) {
      if (this.#baseline) await this.#evaluate(); // step 0: the untrained encoder
      await session.prepare();
    }
    const saveEvery = session.config.checkpointEvery ?? session.loader.stepsPerEpoch;
    while (this.#step < session.steps) {
      await host.ready?.();
      if (host.signal?.aborted) return this.#interrupt();
      await session.step(this.#step++);
      const epochEnds = this.#step % session.loader.stepsPerEpoch === 0;
      if (epochEnds || this.#step - this.#seen >= Math.min(LOOK_EVERY, LEDGER_ROWS)) await this.#look();
      if (epochEnds && this.#evaluationIsDue()) await this.#evaluate();
      if (this.#step % saveEvery === 0) await this.#save();
    }
    if (this.#saved !== this.#step) await this.#save();
    return this.#finish();
  }

  #start(memory: StartEvent["memory"]): StartEvent {
    const { session } = this;
    const { config, gpu, counts, unit, loader, steps, plan, objective } = session;
    return {
      event: "start",
      objective: objective.name,
      data: config.data.name,
      images: counts,
      ...(unit !== undefined && { unit }),
      adapter: gpu.name,
      software: gpu.adapter.software,
      memory,
      launches: plan.launches.length,
      kernels: { variants: plan.choices, origin: gpu.variants.origin, lanes: [gpu.adapter.subgroupMinSize, gpu.adapter.subgroupMaxSize] },
      steps,
      stepsPerEpoch: loader.stepsPerEpoch,
      epochs: config.epochs,
      from: this.#step,
      ...(objective.chance !== undefined && { chance: objective.chance }),
      ...(this.#baseline && { baseline: this.#baseline }),
    };
  }

  /** Fetches the losses of the steps since the last look. @throws NonFiniteError naming the first step whose loss is not finite */
  async #look(): Promise<void> {
    const { session } = this;
    const rows = await session.ledger.read(this.#seen, this.#step);
    const seconds = (performance.now() - this.#looked) / 1000;
    const imagesPerSecond = (rows.length * session.config.batch) / seconds;
    rows.forEach(({ loss = Number.NaN, ...parts }, i) => {
      const step = this.#seen + i;
      if (!Number.isFinite(loss)) throw this.#notFinite(step);
      const epoch = Math.floor(step / session.loader.stepsPerEpoch);
      this.#emit({ event: "step", step, epoch, loss, parts, rate: session.rate(step), imagesPerSecond });
    });
    this.#seen = this.#step;
    this.#looked = performance.now();
    await this.log.flush();
  }

  #notFinite(step: number): NonFiniteError {
    const kept =
      this.#saved >= 0 || this.checkpoint
        ? `the checkpoint of step ${Math.max(this.#saved, this.checkpoint?.step ?? 0)} is kept`
        : "nothing was saved yet";
    return new NonFiniteError(
      `the loss of step ${step} is not finite: training stopped; ${kept}. Try a lower rate or a higher temperature.`,
    );
  }

  #evaluationIsDue(): boolean {
    const epoch = this.#step / this.session.loader.stepsPerEpoch;
    return epoch % this.session.config.evaluate.every === 0 || this.#step === this.session.steps;
  }

  async #evaluate(): Promise<void> {
    const last = this.log.events.findLast((event) => event.event === "step");
    const { evaluation, picture, warnings } = await this.appraiser.appraise(this.#step, last);
    this.#last = evaluation;
    this.#picture = picture;
    this.#emit(evaluation);
    this.host.picture?.(picture);
    for (const message of warnings) this.#emit({ event: "warning", step: this.#step, message });
    this.#looked = performance.now(); // images/s is of training alone
    await this.log.flush();
  }

  /** The checkpoint, written only after the losses up to it were seen to be finite. */
  async #save(): Promise<void> {
    const { session, host } = this;
    if (this.#seen < this.#step) await this.#look();
    const { config, gpu, data, plan, vocabulary } = session;
    const variants = gpu.variants.offers.length > 0 ? plan.choices : undefined;
    const { fingerprint } = data.train;
    const info = { config, step: this.#step, fingerprint, adapter: gpu.name, baseline: this.#baseline, variants, vocabulary };
    await host.folder.write(CHECKPOINT, await packCheckpoint(session.state(), info));
    this.#saved = this.#step;
    this.#emit({ event: "checkpoint", step: this.#step, file: CHECKPOINT });
    await this.log.flush();
    this.#looked = performance.now();
  }

  async #interrupt(): Promise<never> {
    if (this.#saved !== this.#step) await this.#save();
    throw new Interrupted(this.#step, this.session.steps);
  }

  async #finish(): Promise<TrainResult> {
    if (!this.#picture) await this.#evaluate(); // resumed at its end: nothing was left to train
    const { session } = this;
    const done: DoneEvent = {
      event: "done",
      objective: session.objective.name,
      knn: this.#last?.knn ?? null,
      ...(this.#last?.views && { views: this.#last.views }),
      baseline: this.#baseline,
      ...(this.#last?.measures && { measures: this.#last.measures }),
      steps: this.#step,
      seconds: (performance.now() - this.#started) / 1000,
      adapter: session.gpu.name,
      checkpoint: CHECKPOINT,
    };
    this.#emit(done);
    await this.log.flush();
    return { done, events: this.log.events, picture: this.#picture };
  }

  close(): void {
    this.appraiser.close();
  }

  #emit(event: TrainEvent): void {
    this.log.add(event);
    this.host.emit?.(event);
  }
}
