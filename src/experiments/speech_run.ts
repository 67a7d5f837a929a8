import type { SoundTrainTest } from "../data/sound.ts";
import { SoundEmbedder } from "../evaluate/embed_sound.ts";
import { soundMeasures } from "../evaluate/sound_measures.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Measure } from "../train/events.ts";
import { SoundSession } from "../train/sound_session.ts";
import { type LearnHost, learn } from "./learn.ts";
import { type SpeechCell, type SpeechPlan, speechConfig } from "./speech_plan.ts";

/** A cell that was run. */
export interface SpeechResult extends SpeechCell {
  /** What can be read off mean contexts and mean latents of clips. */
  readonly measures: readonly Measure[];
  /** Share of predictions whose target scores above every negative, step by step ahead, and in all: means over the last quarter of training. */
  readonly ahead: readonly number[];
  readonly accuracy: number;
  /** Nats of mutual information at least; likewise. */
  readonly bound: number;
  readonly seconds: number;
  readonly adapter: string;
}

const KINDS = ["mean context", "mean latents"] as const;

/** Trains what a cell says and measures it. @throws as `learn`; UsageError for a plan that the data cannot serve */
export async function runSpeechCell(
  gpu: Gpu,
  plan: SpeechPlan,
  cell: SpeechCell,
  data: SoundTrainTest,
  host: LearnHost,
): Promise<SpeechResult> {
  const started = performance.now();
  const session = await SoundSession.create(gpu, speechConfig(plan, cell), data);
  try {
    const rows = await learn(session, host);
    const last = rows.slice(-Math.ceil(rows.length / 4));
    const mean = (name: string) => last.reduce((sum, row) => sum + (row[name] ?? Number.NaN), 0) / last.length;
    const ahead = Array.from({ length: session.objective.steps }, (_, k) => mean(`accuracy ${k + 1}`));
    const measures = await measured(gpu, session, data);
    const figures = { measures, ahead, accuracy: mean("accuracy"), bound: mean("bound") };
    return { ...cell, ...figures, seconds: (performance.now() - started) / 1000, adapter: gpu.name };
  } finally {
    session.close();
  }
}

/** The same of what has learned nothing: the mean log-mel spectrum, and the encoder of seed 1 before its first step. */
export async function speechReference(gpu: Gpu, plan: SpeechPlan, data: SoundTrainTest): Promise<readonly Measure[]> {
  const [variant = ""] = Object.keys(plan.variants);
  const session = await SoundSession.create(gpu, speechConfig(plan, { variant, seed: 1 }), data);
  try {
    const { logMelRows } = await import("../evaluate/log_mel.ts");
    const plain = await soundMeasures(gpu, data, { train: await logMelRows(data.train), test: await logMelRows(data.test) });
    const untrained = await measured(gpu, session, data);
    return [
      ...plain.map((measure) => ({ ...measure, of: "mean log-mel" })),
      ...untrained.map((measure) => ({ ...measure, of: `untrained, ${measure.of}` })),
    ];
  } finally {
    session.close();
  }
}

async function measured(gpu: Gpu, { model, window }: SoundSession, data: SoundTrainTest): Promise<Measure[]> {
  const embedder = new SoundEmbedder(gpu, model.encoder, window);
  try {
    const [train, test] = [await embedder.embed(data.train), await embedder.embed(data.test)];
    const found: Measure[] = [];
    for (const of of KINDS)
      for (const measure of await soundMeasures(gpu, data, { train: train[of], test: test[of] })) found.push({ ...measure, of });
    return found;
  } finally {
    embedder.close();
  }
}
