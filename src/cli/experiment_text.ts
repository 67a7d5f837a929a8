import { join } from "node:path";
import type { HostRows } from "../bank/rows.ts";
import { bagOfWords, unknownShare } from "../data/text/encode.ts";
import type { TextDataset } from "../data/text/texts.ts";
import { UsageError } from "../errors.ts";
import { type CrossResult, crossValidate } from "../evaluate/cross_validate.ts";
import { TextEmbedder } from "../evaluate/embed_text.ts";
import { learn } from "../experiments/learn.ts";
import { renderText, type TextPoint, type TextStudy, textFigures } from "../experiments/text_report.ts";
import type { Gpu } from "../gpu/device.ts";
import { openNodeGpu } from "../host/node.ts";
import type { OpenRunFolder } from "../host/run_folder.ts";
import { TEXTS } from "../host/texts.ts";
import { checkNumber } from "../options.ts";
import { CPC_TEXT_DEFAULTS, resolveConfig, type TrainConfig } from "../train/config.ts";
import { TextSession } from "../train/text_session.ts";
import type { Experiment } from "./experiment.ts";
import { namesOf, openExperiment, savedResults } from "./experiment_files.ts";
import { INTERRUPTED, Interrupt } from "./interrupt.ts";
import type { Arguments, Option } from "./options.ts";
import type { Output } from "./output.ts";
import { table } from "./table.ts";
import { number } from "./weights_input.ts";

const GROUP = "text";
const [RESULTS, REPORT] = ["text.json", "text.html"];
/** Words of the bag-of-words baseline: the most frequent ones. */
const BAG = 2000;
/** Steps of a probe, about. */
const PROBE_STEPS = 300;
const SPEAKERS = "by speaker";
/** Steps from point to point of a curve. */
const EVERY = 20;
/** Training steps on each set of texts, unless told otherwise. */
const STEPS = 600;
/** What probes ask of each: other documents are learned from alone. */
const CLASSES: { readonly [name: string]: readonly string[] } = { sotu: ["Democratic", "Republican"], spam: ["ham", "spam"] };

const OPTIONS: readonly Option[] = [
  { name: "texts", type: "text", value: "T,T", group: GROUP, help: `of ${Object.keys(TEXTS).join(", ")}`, shown: "all" },
  { name: "steps", type: "integer", value: "N", group: GROUP, help: "training steps on each", shown: String(STEPS) },
  { name: "vocabulary", type: "integer", value: "V", group: GROUP, help: "words that are not the unknown one", shown: "5000" },
];

/** What one set of texts gave. */
export interface TextResult extends TextStudy {
  readonly config: TrainConfig;
  readonly seconds: number;
}

/** What `text.json` holds. */
interface Results {
  readonly experiment: "text";
  readonly adapter: string;
  readonly results: readonly TextResult[];
}

export const textExperiment: Experiment = {
  name: "text",
  summary:
    "what prediction of the next sentences tells of speeches (party) and mails (spam): linear probes, by speakers or mails held out, beside " +
    "the untrained encoder and a bag of words",
  options: OPTIONS,
  examples: [["--texts sotu", "speeches alone: some minutes on two CPU cores"]],
  async run(args, output) {
    if (args.values.get("host") === "chrome") throw new UsageError("experiment text: --host: reads npm packages and runs on dawn alone");
    const names = namesOf(args, "texts", Object.keys(TEXTS));
    const seeds = number(args, "seeds") ?? 1;
    checkNumber("--seeds", seeds, { min: 1, max: 1000, integer: true });
    const folder = await openExperiment(args, "text", RESULTS);
    try {
      return await study(folder, names, seeds, args, output);
    } finally {
      await folder.close();
    }
  },
};

async function study(folder: OpenRunFolder, names: readonly string[], seeds: number, args: Arguments, output: Output): Promise<number> {
  const results = ((await savedResults<Results>(folder, RESULTS, "text", "results"))?.results ?? []).slice();
  const interrupt = new Interrupt(() => output.line("stopping after this step and saving ... (Ctrl-C again: quit at once)"));
  const gpu = await openNodeGpu();
  try {
    for (const name of names) {
      const left = Array.from({ length: seeds }, (_, i) => trainingOf(args, name, i + 1)).filter(
        (training) => !found(results, name, training),
      );
      if (left.length === 0) continue;
      output.status(`${name}: reading ...`);
      const texts = await TEXTS[name]?.(output.warn);
      if (!texts) throw new UsageError(`--texts: no ${name}`);
      for (const training of left) {
        results.push(await one(gpu, texts, training, output, interrupt.signal));
        const file: Results = { experiment: "text", adapter: gpu.name, results };
        await folder.write(RESULTS, `${JSON.stringify(file, null, 1)}\n`);
        await folder.write(REPORT, renderText(results, gpu.name));
      }
    }
  } catch (error) {
    if (!interrupt.signal.aborted || error !== interrupt.signal.reason) throw error;
  } finally {
    output.status("");
    interrupt.close();
    gpu.close();
  }
  const figures = textFigures(results);
  for (const line of table([figures.head, ...figures.rows])) output.line(line);
  output.line(`${join(folder.dir, REPORT)} shows the curves, ${join(folder.dir, RESULTS)} has all figures`);
  const plain = results.map(({ curve: _, ...rest }) => rest);
  output.event({ event: "done", experiment: "text", adapter: gpu.name, results: plain, folder: folder.dir });
  return interrupt.signal.aborted ? INTERRUPTED : 0;
}

/** A training and how long it takes. */
interface Training {
  readonly config: TrainConfig;
  readonly steps: number;
}

function trainingOf(args: Arguments, name: string, seed: number): Training {
  const view = { ...CPC_TEXT_DEFAULTS.view, vocabulary: number(args, "vocabulary") ?? Number(CPC_TEXT_DEFAULTS.view.vocabulary) };
  const steps = number(args, "steps") ?? STEPS;
  checkNumber("--steps", steps, { min: 1, integer: true });
  return { config: resolveConfig({ objective: { name: "cpc" }, data: { name }, view, seed }), steps };
}

/** Whether this has been run. @throws UsageError when the folder holds the same texts and seed with other settings: nothing is mixed, or thrown away */
function found(results: readonly TextResult[], name: string, { config, steps }: Training): boolean {
  const same = results.find((result) => result.name === name && result.config.seed === config.seed);
  if (!same) return false;
  if (JSON.stringify([same.config, same.steps]) === JSON.stringify([config, steps])) return true;
  throw new UsageError(`${name}, seed ${config.seed}, is there already with other settings. Name another folder with --out`);
}

/** Probes before and after a training. @throws the signal's reason */
async function one(gpu: Gpu, texts: TextDataset, { config, steps }: Training, output: Output, signal: AbortSignal): Promise<TextResult> {
  const session = await TextSession.create(gpu, config, { train: texts, test: texts });
  const embedder = new TextEmbedder(gpu, session.model.encoder, config.batch);
  const probes: { [features: string]: CrossResult } = {};
  const { name, documentNames: names } = texts;
  const { labels, classes } = labelsOf(texts);
  const speakers = texts.labels.speaker;
  const rows = labels.filter((label) => label !== null).length;
  const batch = rows < 1000 ? 64 : 256;
  const options = { seed: config.seed, batch, epochs: Math.max(10, Math.round((PROBE_STEPS * batch) / rows)) };
  const measure = async (features: string, all: HostRows) => {
    signal.throwIfAborted();
    output.status(`${name}: probing ${features} ...`);
    probes[features] = await crossValidate(gpu, all, labels, names, options);
    const groups = speakers && Array.from(speakers.ids, String);
    if (groups) probes[`${features}, ${SPEAKERS}`] = await crossValidate(gpu, all, labels, groups, options);
  };
  const embedded = async (of: string) => {
    output.status(`${name}: embedding ...`);
    const made = await embedder.embed(session.encoded.train);
    await measure(`${of}, sentences`, made["mean latents"]);
    await measure(`${of}, contexts`, made["mean context"]);
  };
  try {
    await measure("bag of words", bagOfWords(session.encoded.train, session.words, BAG));
    await embedded("untrained");
    const started = performance.now();
    const progress = ({ step }: { readonly step: number }) => output.status(`${name}: step ${step} of ${steps}`);
    const curve = curveOf(await learn(session, { signal, progress }, steps));
    for (const point of curve) output.event({ event: "text", ...point, texts: name });
    const seconds = (performance.now() - started) / 1000;
    await embedded("trained");
    const majority = Math.max(...classes.map((_, c) => labels.filter((label) => label === c).length)) / rows;
    const documents = session.encoded.train;
    const sentences = documents.reduce((sum, document) => sum + document.sentences.length, 0);
    const sizes = { name, documents: documents.length, sentences, vocabulary: session.words.size, unknown: unknownShare(documents) };
    return { ...sizes, classes, majority, config, steps, curve, seconds, probes };
  } finally {
    embedder.close();
    session.close();
  }
}

/** What is asked of each document: a place in `classes`, or null. */
function labelsOf({ name, labels }: TextDataset): { readonly labels: (number | null)[]; readonly classes: readonly string[] } {
  const { ids, names } = Object.values(labels)[0] ?? { ids: [], names: [] };
  const classes = CLASSES[name] ?? names;
  const placeOf = (id: number) => classes.indexOf(names[id] ?? "");
  return { classes, labels: Array.from(ids, (id) => (placeOf(id) < 0 ? null : placeOf(id))) };
}

/** Means over every 20 steps. */
function curveOf(rows: readonly { readonly [name: string]: number }[]): TextPoint[] {
  return Array.from({ length: Math.ceil(rows.length / EVERY) }, (_, i) => {
    const own = rows.slice(i * EVERY, (i + 1) * EVERY);
    const mean = (name: string) => own.reduce((sum, row) => sum + (row[name] ?? Number.NaN), 0) / own.length;
    return { step: i * EVERY + own.length, figures: { loss: mean("loss"), accuracy: mean("accuracy"), bound: mean("bound") } };
  });
}
