import type { ImageDataset } from "../data/images.ts";
import type { ImageSource, ResidentImages } from "../data/views/resident.ts";
import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import type { MemoryReport } from "../gpu/memory.ts";
import { Plan } from "../gpu/plan.ts";
import type { Operand } from "../gpu/slot.ts";
import { Store } from "../gpu/store.ts";
import { Accumulator } from "../optim/accumulate.ts";
import { loadOptimiser } from "../optim/make.ts";
import type { TrainConfig } from "./config.ts";
import { loadLearner, loadSoundParts } from "./parts.ts";
import { recordStep } from "./record.ts";

/** Training images as far as a cost depends on them. */
export interface ImageSet {
  readonly count: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Names of its views, where a sample has several: all of this size. */
  readonly views?: readonly string[] | undefined;
}

/** Windows of sound as far as a cost depends on them; their size is the config's. */
export interface WindowSet {
  /** An epoch. */
  readonly windows: number;
  /** Whether some are longer than their clips. */
  readonly padded: boolean;
}

/** Passages of text as far as a cost depends on them; their size and their words are the config's. */
export interface PassageSet {
  /** An epoch. */
  readonly passages: number;
}

/** What a cost is of. */
export type SampleSet = ImageSet | WindowSet | PassageSet;

/** Samples an epoch, and what people call them. */
export function countOf(samples: SampleSet): { readonly count: number; readonly what: string } {
  if ("windows" in samples) return { count: samples.windows, what: "windows" };
  return "passages" in samples ? { count: samples.passages, what: "passages" } : { count: samples.count, what: "images" };
}

/** What training costs, by the launches that a step records. Evaluation is not part of it. */
export interface Cost {
  readonly launches: number;
  /** Floating-point operations: a multiply-add is two. */
  readonly flopsPerStep: number;
  /** Of one image in all its views, one window or one passage, forward and backward, update and bank included. */
  readonly flopsPerImage: number;
  readonly stepsPerEpoch: number;
  /** Of the whole run. */
  readonly flops: number;
  /** Bytes on the device, the images among them. */
  readonly memory: MemoryReport;
}

/** Stands for a device while a plan is only recorded: recording asks for limits, and nothing here may ask for more. */
const PAPER = {
  name: "paper",
  adapter: { software: false },
  features: new Set(["shader-f16"]),
  variants: { offers: [], choices: {}, origin: "general" },
  limits: { maxBufferSize: Number.MAX_SAFE_INTEGER, maxStorageBufferBindingSize: Number.MAX_SAFE_INTEGER },
} as unknown as Gpu;

/** Records a config's training step for a data set of this size and adds up its launches. Needs no GPU, makes no weights. @throws UsageError */
export async function costOf(config: TrainConfig, samples: SampleSet): Promise<Cost> {
  const { batch, epochs } = config;
  const { count, what } = countOf(samples);
  const stepsPerEpoch = Math.floor(count / batch);
  if (stepsPerEpoch < 1) throw new UsageError(`cost: expected a batch of at most ${count}, the number of ${what}, got ${batch}`);
  const plan = await planOf(config, samples);
  const flopsPerStep = plan.launches.reduce((sum, { flops }) => sum + flops, 0);
  return {
    launches: plan.launches.length,
    flopsPerStep,
    flopsPerImage: flopsPerStep / batch,
    stepsPerEpoch,
    flops: flopsPerStep * stepsPerEpoch * epochs,
    memory: plan.memory(),
  };
}

async function planOf(config: TrainConfig, samples: SampleSet): Promise<Plan> {
  if ("windows" in samples) return recordedSound(config, samples);
  return "passages" in samples ? recordedText(config) : recorded(config, samples);
}

async function recorded(config: TrainConfig, images: ImageSet): Promise<Plan> {
  const [makeLearner, makeOptimiser] = [await loadLearner(config), await loadOptimiser(config.optimiser)];
  const { batch, accumulate } = config;
  const data = paperImages(images);
  const { parameters, objective, views } = makeLearner(PAPER, config, data);
  const residents = views.sources(data).map(paperResident);
  const plan = new Plan(PAPER, "training step");
  recordStep(plan, {
    objective,
    parameters,
    optimiser: makeOptimiser(parameters, config.optimiser),
    accumulator: accumulate > 1 ? new Accumulator(parameters) : undefined,
    index: Array.from({ length: accumulate }, (_, part) => plan.input(`index ${part}`, [batch / accumulate], "u32")),
    views: (tape, index) => views.record(tape, residents, index),
  });
  return plan;
}

/** Images without a pixel: recording asks for sizes and names alone. */
function paperImages({ count: length, views, ...shape }: ImageSet): ImageDataset {
  const images = { name: "paper", length, ...shape };
  return { ...images, ...(views && { views: views.map((name) => ({ ...images, name })) }) } as unknown as ImageDataset;
}

function paperResident({ length, channels, height, width, segments }: ImageSource): ResidentImages {
  const words = Math.ceil((length * channels * height * width) / 4);
  const store = new Store(PAPER, "images", "data");
  const bytes: Operand = { slot: store.add("images", 4 * words), shape: [words], dtype: "u32" };
  return { length, channels, height, width, ...(segments !== undefined && { classes: segments }), bytes, store };
}

async function recordedSound(config: TrainConfig, { padded }: WindowSet): Promise<Plan> {
  const { makeSoundModel, recordSoundStep } = await import("./sound_session.ts");
  const { makeEncoder, makeObjective } = await loadSoundParts(config);
  const makeOptimiser = await loadOptimiser(config.optimiser);
  const model = makeSoundModel(PAPER, config, makeEncoder, 16_000); // a rate costs nothing
  const objective = makeObjective(config, model.parameters, model.encoder);
  const plan = new Plan(PAPER, "training step");
  recordSoundStep(plan, { batch: config.batch, padded, objective, model, optimiser: makeOptimiser(model.parameters, config.optimiser) });
  return plan;
}

async function recordedText(config: TrainConfig): Promise<Plan> {
  const { loadTextParts, makeTextModel, recordTextStep } = await import("./text_session.ts");
  const { makeEncoder, Objective } = await loadTextParts();
  const plan = new Plan(PAPER, "training step");
  const { vocabulary } = (await import("../data/text/passages.ts")).passageConfig(config.view);
  const model = makeTextModel(PAPER, config, vocabulary + 1, makeEncoder); // and the unknown word
  recordTextStep(plan, model, config, { Objective, makeOptimiser: await loadOptimiser(config.optimiser) });
  return plan;
}
