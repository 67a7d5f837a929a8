import { UsageError } from "../errors.ts";
import { CLIP_FEATURES, type ClipFeatures } from "../evaluate/embed_sound.ts";
import { type LabelledParts, type PartRows, type ProbedLabels, probedLabels } from "../evaluate/sound_measures.ts";
import type { Gpu } from "../gpu/device.ts";
import { type WeightsJob, weightsIn } from "./frozen_encoder.ts";
import { openSequences } from "./frozen_sequences.ts";
import { type ProbeFigures, type ProbeJob, probeFigures } from "./job_probe.ts";
import type { JobInputs } from "./jobs.ts";

/** A probe of clips or documents, which have labels and features of several kinds. */
export interface SequenceProbeJob extends WeightsJob, Pick<ProbeJob, "options" | "baselines"> {
  readonly kind: "sequenceProbe";
  /** What to tell: names of labels. Default: all whose held-out classes training saw. */
  readonly labels?: readonly string[] | undefined;
  /** What clips and documents are summed up by. Default: all kinds. */
  readonly features?: readonly (keyof ClipFeatures)[] | undefined;
}

/** One probe of many. */
export interface SequenceProbe extends ProbeFigures {
  /** What was asked. */
  readonly label: string;
  /** Of which features: "mean context", "untrained, mean context", "mean log-mel". */
  readonly of: string;
}

/** The one line of `nearfar probe` of sound or text. */
export interface SequenceProbeDone {
  readonly event: "done";
  /** Label by label; of each, the features of the encoder first. */
  readonly probes: readonly SequenceProbe[];
  readonly labels: readonly { readonly name: string; readonly classes: readonly string[]; readonly chance: number }[];
  readonly samples: { readonly train: number; readonly test: number };
  readonly unit: "clip" | "document";
  /** Of computing the encoder's features, of both parts. */
  readonly embedding: number;
  readonly adapter: string;
}

/**
 * Linear probes of every kind of feature and every label, and unless not wanted of what nothing has learned: as the last measures of the run
 * itself, and with the same options where none are given.
 */
export async function runSequenceProbe(gpu: Gpu, job: SequenceProbeJob, inputs: JobInputs): Promise<SequenceProbeDone> {
  const { folder, sounds, texts, signal, emit } = inputs;
  const data = sounds ?? texts;
  if (!data) throw new UsageError(`data ${job.data.name}: the job has none to work with`);
  const labels = chosenLabels(data, data.train.name, job.labels);
  const encoder = await openSequences(gpu, await weightsIn(folder, job), job.name, inputs);
  if (!encoder) throw new UsageError(`data ${job.data.name}: expected sound or text`);
  const say = (message: string) => {
    signal.throwIfAborted();
    emit({ event: "status", message });
  };
  const given = Object.fromEntries(Object.entries(job.options).filter(([, value]) => value !== undefined));
  const options = { ...encoder.probe, ...given };
  const found: SequenceProbe[] = [];
  const measure = async (of: string, { train, test }: PartRows) => {
    for (const { name, labels: own, truth } of labels) {
      say(`${name} of ${of}`);
      const figures = await probeFigures(gpu, { rows: train, labels: own }, { rows: test, labels: truth }, options);
      found.push({ label: name, of, ...figures });
    }
  };
  const measured = async (prefix: string) => {
    say(`${prefix}features`);
    const started = performance.now();
    const [train, test] = [await encoder.embed("train"), await encoder.embed("test")];
    const seconds = (performance.now() - started) / 1000;
    for (const kind of job.features ?? CLIP_FEATURES) await measure(`${prefix}${kind}`, { train: train[kind], test: test[kind] });
    return seconds;
  };
  try {
    if (job.baselines) {
      await measure(encoder.plain, await encoder.plainRows());
      await measured("untrained, ");
    }
    encoder.learn();
    const embedding = await measured("");
    const probes = labels.flatMap(({ name }) => found.filter(({ label }) => label === name));
    return {
      event: "done",
      probes,
      labels: labels.map(({ name, names, chance }) => ({ name, classes: names, chance })),
      samples: { train: countOf(data.train), test: countOf(data.test) },
      unit: sounds ? "clip" : "document",
      embedding,
      adapter: gpu.name,
    };
  } finally {
    encoder.close();
  }
}

/** @throws UsageError for labels that there are not, or that cannot be learned from these samples */
function chosenLabels(data: LabelledParts, name: string, wanted: readonly string[] | undefined): ProbedLabels[] {
  const all = probedLabels(data);
  const known = all.map((label) => label.name);
  const others = Object.keys(data.train.labels).filter((label) => !known.includes(label));
  const why =
    others.length > 0 ? ` (${others.join(", ")}: held-out samples are of classes that training has none of, or there is one)` : "";
  if (all.length === 0) throw new UsageError(`${name}: a probe needs labels with two classes or more, of both parts: found none${why}`);
  for (const label of wanted ?? [])
    if (!known.includes(label)) throw new UsageError(`--label: expected some of ${known.join(", ")}, got ${JSON.stringify(label)}${why}`);
  return wanted ? all.filter((label) => wanted.includes(label.name)) : all;
}

const countOf = (part: NonNullable<JobInputs["sounds" | "texts"]>["train"]): number =>
  "lengths" in part ? part.lengths.length : part.documents.length;
