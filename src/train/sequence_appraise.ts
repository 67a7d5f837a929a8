import type { HostRows } from "../bank/rows.ts";
import type { SoundLabels } from "../data/sound.ts";
import { CLIP_FEATURES, type ClipFeatures } from "../evaluate/embed_sound.ts";
import { type KnnScore, knn } from "../evaluate/knn.ts";
import { centredOn, effectiveRank, meanPairwiseCosine, predictionWarnings, spreadOf, uniformity } from "../evaluate/meters.ts";
import { pca } from "../evaluate/pca.ts";
import type { ProbeOptions } from "../evaluate/probe.ts";
import type { LabelledParts, PartRows } from "../evaluate/sound_measures.ts";
import type { Baseline, EvaluateEvent, Measure, StepEvent } from "./events.ts";
import type { Picture } from "./picture.ts";
import type { Appraisal, RunAppraiser, RunSession, Votes } from "./run_session.ts";
import { votesOf, within } from "./votes.ts";

/** What a run on sound or text is measured by. */
export interface SequenceParts {
  /** Of both parts, by name. */
  readonly data: LabelledParts;
  /** What the kNN accuracy is of: the first of these that the data have, else their first labels. */
  readonly headline: readonly string[];
  /** Features that nothing has learned: "mean log-mel". */
  readonly plain: string;
  /** Of probes. */
  readonly probe: ProbeOptions;
  plainRows(): Promise<PartRows>;
  /** By the encoder as it is now. */
  embed(part: "train" | "test"): Promise<ClipFeatures>;
  close(): void;
}

/** Features that the quadratic meters look at. */
const SAMPLE = 1000;
/** Features of the untrained encoder that are measured as the trained one's. */
const UNTRAINED = ["mean context", "mean latents"] as const;

/** Measures an encoder of sound or text while it learns: kNN at each evaluation, probes and retrieval at the last one, which take longer. */
export class SequenceAppraiser implements RunAppraiser {
  constructor(
    private readonly session: RunSession,
    private readonly parts: SequenceParts,
  ) {}

  async baseline(): Promise<Baseline | null> {
    const { plain } = this.parts;
    if (!this.#labels()) return null;
    const plainRows = await this.parts.plainRows();
    const untrained = await this.#features();
    const [given] = await this.#scores(aboutMean(plainRows));
    const [own] = await this.#scores(aboutMean(untrained["mean context"]));
    const measures = [
      ...(await this.#measured(plainRows, plain)),
      ...(await this.#measures(untrained, UNTRAINED)).map((measure) => ({ ...measure, of: `untrained, ${measure.of}` })),
    ];
    return { pixels: given?.accuracy ?? 0, plain, untrained: own?.accuracy ?? 0, measures };
  }

  async appraise(step: number, last: StepEvent | undefined, votes?: Votes): Promise<Appraisal> {
    const { session } = this;
    const features = await this.#features();
    const rows = aboutMean(features["mean context"]);
    const [N, D] = rows.test.shape;
    const sample: HostRows = { data: rows.test.data.subarray(0, SAMPLE * D), shape: [Math.min(SAMPLE, N), D] };
    const meanCosine = meanPairwiseCosine(sample);
    const scores = await this.#scores(rows, votes);
    const spread = { latents: spreadOf(features["last latents"].test), contexts: spreadOf(features["last context"].test) };
    const { chance } = session.objective;
    const measures = votes || step >= session.steps ? await this.#measures(features) : undefined;
    const evaluation: EvaluateEvent = {
      event: "evaluate",
      step,
      epoch: Math.floor(step / session.loader.stepsPerEpoch),
      knn: scores[0]?.accuracy ?? null,
      meanCosine,
      uniformity: uniformity(sample),
      effectiveRank: effectiveRank(sample),
      spread,
      ...(measures && { measures }),
    };
    return {
      evaluation,
      picture: this.#picture(step, rows.test),
      warnings: predictionWarnings({ ...spread, loss: last?.loss, chance }),
      scores,
    };
  }

  /** Every kind of feature, of both parts. */
  async #features(): Promise<{ readonly [kind in keyof ClipFeatures]: PartRows }> {
    const [train, test] = [await this.parts.embed("train"), await this.parts.embed("test")];
    const both = CLIP_FEATURES.map((kind): [string, PartRows] => [kind, { train: train[kind], test: test[kind] }]);
    return Object.fromEntries(both) as { [kind in keyof ClipFeatures]: PartRows };
  }

  async #measures(
    features: { readonly [kind in keyof ClipFeatures]: PartRows },
    kinds: readonly (keyof ClipFeatures)[] = CLIP_FEATURES,
  ): Promise<Measure[]> {
    const found: Measure[] = [];
    for (const of of kinds) found.push(...(await this.#measured(features[of], of)));
    return found;
  }

  async #measured(rows: PartRows, of: string): Promise<Measure[]> {
    const { soundMeasures } = await import("../evaluate/sound_measures.ts"); // probes and retrieval: not needed at every evaluation
    const { data, probe } = this.parts;
    return (await soundMeasures(this.session.gpu, data, rows, probe)).map((measure) => ({ ...measure, of }));
  }

  #labels(): { readonly train: SoundLabels; readonly test: SoundLabels } | undefined {
    const { headline, data } = this.parts;
    const { train, test } = data;
    const name = [...headline, ...Object.keys(train.labels)].find((key) => train.labels[key] && test.labels[key]);
    const [own, held] = [train.labels[name ?? ""], test.labels[name ?? ""]];
    return own && held ? { train: own, test: held } : undefined;
  }

  async #scores({ train, test }: PartRows, votes = votesOf(this.session.config.evaluate)): Promise<readonly KnnScore[]> {
    const labels = this.#labels();
    if (!labels) return [];
    const own = { candidateLabels: labels.train.ids, queryLabels: labels.test.ids };
    return (await knn(this.session.gpu, { queries: test, candidates: train, ...own, ...within(votes, train.shape[0]) })).scores;
  }

  #picture(step: number, rows: HostRows): Picture {
    const { points, explained } = pca(rows);
    const { ids = new Uint32Array(), names = [] } = this.#labels()?.test ?? {};
    const map = { map: points, explained: explained[0] + explained[1], labels: ids, classes: names };
    return { step, ...map, gallery: [], image: { channels: 0, height: 0, width: 0 } };
  }

  close(): void {
    this.parts.close();
  }
}

/**
 * Features without the mean of those of the training samples. Contexts, latents and log-mel spectra are no directions: they have much in
 * common, which a cosine would see before all else.
 */
function aboutMean({ train, test }: PartRows): PartRows {
  return { train: centredOn(train), test: centredOn(test, train) };
}
