import { mebibytes } from "../gpu/memory.ts";
import { type DoneEvent, type EvaluateEvent, type StartEvent, type StepEvent, type TrainEvent, wordsOf } from "../train/events.ts";
import { measureLines } from "./measures.ts";
import type { Output } from "./output.ts";
import { clock, type Progress, percentage, progressFigures, progressLine } from "./progress.ts";
import { viewsLines } from "./views_lines.ts";

const count = (n: number): string => n.toLocaleString("en");

/** Shows a training run to a person: a live line on a terminal, a line an epoch elsewhere. */
export class TrainView {
  #start: StartEvent | undefined;
  #last: StepEvent | undefined;
  #knn: number | null = null;
  #drawing = false;
  #began = performance.now();

  constructor(
    private readonly output: Output,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @param event any event of the run, in order */
  show(event: TrainEvent): void {
    if (event.event === "start") this.#showStart(event);
    else if (event.event === "step") this.#showStep(event);
    else if (event.event === "evaluate") this.#showEvaluation(event);
    else if (event.event === "warning") this.output.line(`${this.output.bold("warning")} (step ${event.step}): ${event.message}`);
  }

  /** What the live line says before the first event. */
  waiting(text: string): void {
    this.output.status(this.output.dim(text));
  }

  /** The live line goes away. */
  end(): void {
    this.#drawing = false;
    this.output.status("");
  }

  showDone({ knn, views, measures, baseline, seconds, steps }: DoneEvent): void {
    const { output } = this;
    this.end();
    output.line();
    if (knn !== null) {
      const beside = baseline
        ? ` (${baseline.plain ?? "raw pixels"} ${percentage(baseline.pixels)}, untrained encoder ${percentage(baseline.untrained)})`
        : "";
      output.line(
        `${output.bold(`kNN ${percentage(knn)}`)} on ${count(this.#start?.images.test ?? 0)} held-out ${wordsOf(this.#start).samples}${beside}`,
      );
    }
    if (views) for (const line of viewsLines(views, baseline)) output.line(line);
    if (measures) for (const line of measureLines(measures, baseline)) output.line(line);
    output.line(`${count(steps)} steps, ${clock(seconds)} for this session`);
  }

  #showStart(event: StartEvent): void {
    const { output } = this;
    this.#start = event;
    this.#began = this.now();
    const { objective, data, images, adapter, software, memory, steps, epochs, stepsPerEpoch, launches, from, baseline } = event;
    output.line(
      output.bold(`${objective} on ${data}: ${count(images.train)} training ${wordsOf(event).samples}, ${count(images.test)} held out`),
    );
    output.line(`adapter    ${adapter}${software ? ": software, on the CPU; a GPU is 10 to 1000 times faster" : ""}`);
    const parts = Object.entries(memory.bytes)
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, 4);
    output.line(`memory     ${mebibytes(memory.total)} (${parts.map(([name, bytes]) => `${name} ${mebibytes(bytes)}`).join(", ")})`);
    output.line(`steps      ${count(steps)} (${epochs} epochs of ${count(stepsPerEpoch)}), ${launches} kernel launches each`);
    if (baseline) {
      output.line(
        `baselines  kNN of ${baseline.plain ?? "raw pixels"} ${percentage(baseline.pixels)}, of the untrained encoder ${percentage(baseline.untrained)}`,
      );
    }
    if (from > 0) output.line(`resumed    after step ${count(from)}`);
    output.line();
    output.status(progressLine({ step: from, steps, epoch: Math.floor(from / stepsPerEpoch), epochs }, output.out.columns ?? 80));
  }

  #showStep(event: StepEvent): void {
    this.#last = event;
    if (!this.output.live || this.#drawing) return;
    this.#drawing = true;
    // Steps are told of in bunches. Only the last of a bunch is worth drawing, and only for it is the time left right.
    queueMicrotask(() => {
      if (this.#drawing) this.#draw();
    });
  }

  #draw(): void {
    this.#drawing = false;
    this.output.status(progressLine(this.#progress((this.#last?.step ?? -1) + 1), this.output.out.columns ?? 80));
  }

  #showEvaluation({ step, knn, views, meanCosine, spread }: EvaluateEvent): void {
    this.#knn = knn;
    const { output } = this;
    if (step === 0) return;
    const progress = this.#progress(step);
    const recall = views?.match?.mean[0];
    const across = recall === undefined ? [] : [`Recall@1 across views ${percentage(recall)}`];
    const spreads = spread
      ? `effective rank of z ${spread.latents.rank.toFixed(1)}, of c ${spread.contexts.rank.toFixed(1)}`
      : `mean cosine ${meanCosine.toFixed(2)}`;
    const figures = [...progressFigures(progress), ...across, spreads];
    output.line(`epoch ${String(progress.epoch).padStart(String(progress.epochs).length)}/${progress.epochs}  ${figures.join("  ")}`);
  }

  /** @param done steps done */
  #progress(done: number): Progress {
    const { steps = 0, stepsPerEpoch = 1, epochs = 0, from = 0 } = this.#start ?? {};
    const elapsed = (this.now() - this.#began) / 1000;
    // The average over the session includes evaluations, which the rate of images does not.
    const secondsLeft = done > from && done < steps ? (elapsed / (done - from)) * (steps - done) : undefined;
    const { loss, imagesPerSecond } = this.#last ?? {};
    return {
      step: done,
      steps,
      epoch: Math.floor(done / stepsPerEpoch),
      epochs,
      loss,
      imagesPerSecond,
      counted: wordsOf(this.#start).speed,
      knn: this.#knn,
      secondsLeft,
    };
  }
}
