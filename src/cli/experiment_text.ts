import { join } from "node:path";
import { bagOfWords, type Corpus, corpusOf } from "../data/text/corpus.ts";
import { UsageError } from "../errors.ts";
import { type CrossResult, crossValidate } from "../evaluate/cross_validate.ts";
import { renderText, type TextStudy, textFigures } from "../experiments/text_report.ts";
import type { Gpu } from "../gpu/device.ts";
import { openNodeGpu } from "../host/node.ts";
import type { OpenRunFolder } from "../host/run_folder.ts";
import { TEXTS } from "../host/texts.ts";
import { checkNumber } from "../options.ts";
import { TEXT_DEFAULTS, type TextPoint, TextSession, type TextTraining } from "../train/text_session.ts";
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

const OPTIONS: readonly Option[] = [
  { name: "texts", type: "text", value: "T,T", group: GROUP, help: `of ${Object.keys(TEXTS).join(", ")}`, shown: "all" },
  { name: "steps", type: "integer", value: "N", group: GROUP, help: "training steps on each", shown: String(TEXT_DEFAULTS.steps) },
  { name: "vocabulary", type: "integer", value: "V", group: GROUP, help: "words that are not the unknown one", shown: "5000" },
];

/** What one set of texts gave. */
export interface TextResult extends TextStudy {
  readonly config: TextTraining;
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
  const results = ((await savedResults<Results>(folder, RESULTS, "text", "results"))?.results ?? []).filter(({ finished }) => finished);
  const interrupt = new Interrupt(() => output.line("stopping after this step and saving ... (Ctrl-C again: quit at once)"));
  const gpu = await openNodeGpu();
  try {
    for (const name of names) {
      const left = Array.from({ length: seeds }, (_, i) => trainingOf(args, i + 1)).filter(
        (training) => !found(results, name, training, args),
      );
      if (left.length === 0) continue;
      output.status(`${name}: reading ...`);
      const corpus = await corpusFor(name, args, output);
      for (const training of left) {
        if (interrupt.signal.aborted) break;
        results.push(await one(gpu, corpus, training, output, interrupt.signal));
        const file: Results = { experiment: "text", adapter: gpu.name, results };
        await folder.write(RESULTS, `${JSON.stringify(file, null, 1)}\n`);
        await folder.write(REPORT, renderText(results, gpu.name));
      }
    }
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

async function corpusFor(name: string, args: Arguments, output: Output): Promise<Corpus> {
  const read = TEXTS[name];
  if (!read) throw new UsageError(`--texts: no ${name}`);
  return corpusOf(await read(output.warn), { size: vocabularySize(args), words: TEXT_DEFAULTS.words });
}

const vocabularySize = (args: Arguments): number => number(args, "vocabulary") ?? 5000;

function trainingOf(args: Arguments, seed: number): TextTraining {
  return { ...TEXT_DEFAULTS, seed, steps: number(args, "steps") ?? TEXT_DEFAULTS.steps };
}

/** Whether this has been run. @throws UsageError when the folder holds the same texts and seed with other settings: nothing is mixed, or thrown away */
function found(results: readonly TextResult[], name: string, training: TextTraining, args: Arguments): boolean {
  const same = results.find((result) => result.name === name && result.config.seed === training.seed);
  if (!same) return false;
  if (JSON.stringify(same.config) === JSON.stringify(training) && same.vocabulary <= vocabularySize(args) + 1) return true;
  throw new UsageError(`${name}, seed ${training.seed}, is there already with other settings. Name another folder with --out`);
}

/** Probes before and after a training; of an interrupted one, what it had learned. */
async function one(gpu: Gpu, corpus: Corpus, training: TextTraining, output: Output, signal: AbortSignal): Promise<TextResult> {
  const { seed } = training;
  const session = await TextSession.create(gpu, corpus, training);
  const probes: { [features: string]: CrossResult } = {};
  const labels = corpus.documents.map(({ label }) => label);
  const names = corpus.documents.map(({ name }) => name);
  const groups = corpus.documents.map(({ group, name }) => group ?? name);
  const grouped = new Set(groups).size < names.length;
  const rows = labels.filter((label) => label !== null).length;
  const batch = rows < 1000 ? 64 : 256;
  const options = { seed, batch, epochs: Math.max(10, Math.round((PROBE_STEPS * batch) / rows)) };
  const measure = async (features: string, data: Float32Array<ArrayBuffer>, D: number) => {
    output.status(`${corpus.name}: probing ${features} ...`);
    const shape = [labels.length, D] as const;
    probes[features] = await crossValidate(gpu, { data, shape }, labels, names, options);
    if (grouped) probes[`${features}, ${SPEAKERS}`] = await crossValidate(gpu, { data, shape }, labels, groups, options);
  };
  const embedded = async (of: string) => {
    output.status(`${corpus.name}: embedding ...`);
    const { latents, contexts } = await session.embed();
    await measure(`${of}, sentences`, latents, session.config.width);
    await measure(`${of}, contexts`, contexts, session.config.units);
  };
  const curve: TextPoint[] = [];
  const emit = (point: TextPoint) => {
    curve.push(point);
    output.event({ ...point, texts: corpus.name });
    output.status(`${corpus.name}: step ${point.step} of ${session.config.steps}, loss ${point.figures.loss?.toFixed(3)}`);
  };
  try {
    const bag = bagOfWords(corpus, BAG);
    await measure("bag of words", bag.data, bag.shape[1]);
    await embedded("untrained");
    const started = performance.now();
    const finished = await session.train(emit, signal);
    const seconds = (performance.now() - started) / 1000;
    await embedded("trained");
    return { ...sizes(corpus, labels), config: session.config, curve, finished, seconds, probes };
  } finally {
    session.close();
  }
}

function sizes({ name, documents, vocabulary, unknown, classes }: Corpus, labels: readonly (number | null)[]) {
  const known = labels.filter((label) => label !== null);
  const majority = Math.max(...classes.map((_, c) => known.filter((label) => label === c).length)) / known.length;
  const sentences = documents.reduce((sum, document) => sum + document.sentences.length, 0);
  return { name, documents: documents.length, sentences, vocabulary: vocabulary.size, unknown, classes, majority };
}
