import type { Tape } from "../autograd.ts";
import { Loader } from "../data/loader.ts";
import type { ViewImages } from "../data/multi_view.ts";
import type { View } from "../data/views/common.ts";
import { plainView } from "../data/views/plain.ts";
import { makeResident, type ResidentImages } from "../data/views/resident.ts";
import { InternalError, NonFiniteError, ShapeError, UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import { Plan } from "../gpu/plan.ts";
import type { Operand } from "../gpu/slot.ts";
import { type Layer, sequential } from "../nn/layer.ts";
import { batchNormLayer, conv2dLayer } from "../nn/layers.ts";
import { Parameters } from "../nn/parameters.ts";
import { add } from "../ops/add.ts";
import { perItem } from "../ops/grid.ts";
import { pixelCrossEntropy } from "../ops/pixel_cross_entropy.ts";
import { resize } from "../ops/resize.ts";
import { openTape } from "../ops/tape.ts";
import { makeOptimiser } from "../optim/by_name.ts";
import { schedule } from "../optim/schedule.ts";
import { checkNames, checkNumber } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import {
  labelledPixels,
  presentRows,
  type SegmentationScores,
  scoredClasses,
  segmentationScores,
  type VoidClass,
  voidClass,
} from "./segment_scores.ts";

/** Images to maps [B, Cs, Hs, Ws], one or several: `ImageEncoder.maps`, or those of several encoders in one list. */
export type Maps = (tape: Tape, images: Tensor) => readonly Tensor[];

/** Images on the device, and the class of each of their pixels. */
export interface SegmentedImages {
  readonly images: ResidentImages;
  /** A view of kind `classes`, of the same samples. Samples that lack it are left out. */
  readonly labels: ViewImages;
}

export interface SegmentationOptions {
  /** Passes over the training images. Default 30. */
  readonly epochs?: number | undefined;
  /** Images a step, at most all of them. Default 32. */
  readonly batch?: number | undefined;
  /** Adam's rate, falling to 0 as half a cosine. Default 0.01. */
  readonly rate?: number | undefined;
  /** Of the decoder's weights and the order of images. Default 1. */
  readonly seed?: number | undefined;
  /** Which class means "not labelled". Default: the one called "void", else none. */
  readonly ignore?: VoidClass | undefined;
  /** What the encoder sees. Default: the plain image, 0 to 1. */
  readonly view?: View | undefined;
}

export interface SegmentationResult extends SegmentationScores {
  /** Training loss of the last step. */
  readonly loss: number;
  /** Number in the data of each held-out image that was scored, [n]. */
  readonly rows: Uint32Array;
  /** [n, H, W]: predicted class numbers, those of the view. */
  readonly predictions: Uint8Array;
}

/**
 * How much frozen features know about places: a decoder learns to tell the class of every pixel from an encoder's maps, and is scored on
 * held-out images. The encoder works with its running statistics and does not change. The decoder is linear: each map is standardised by
 * channel and goes through a 1x1 convolution to class scores; from the smallest map on, scores are enlarged (bilinear) and added to those
 * of the next, up to the size of the labels (FCN's skips, Long et al. 2015). They learn by cross-entropy over the labelled pixels. With
 * fresh parameters in `maps` it gives the untrained baseline; `majorityScores` is the other one. A function of the seed.
 * @throws UsageError for options out of range, labels that are no classes, or images and labels that do not match
 */
export async function segmentationProbe(
  gpu: Gpu,
  maps: Maps,
  data: { readonly train: SegmentedImages; readonly test: SegmentedImages },
  options: SegmentationOptions = {},
): Promise<SegmentationResult> {
  const probe = new Probe(gpu, maps, data, options);
  try {
    const loss = await probe.train();
    return { loss, ...(await probe.score()) };
  } finally {
    probe.close();
  }
}

class Probe {
  readonly #parameters: Parameters;
  readonly #none: VoidClass;
  readonly #classes: number;
  readonly #rows: Uint32Array;
  readonly #view: View;
  readonly #loader: Loader;
  readonly #labels: ResidentImages;
  readonly #open: { close(): void }[] = [];
  #decoder: readonly Layer[] | undefined;

  constructor(
    readonly gpu: Gpu,
    private readonly maps: Maps,
    private readonly data: { readonly train: SegmentedImages; readonly test: SegmentedImages },
    private readonly options: SegmentationOptions,
  ) {
    const { batch = 32, epochs = 30, seed = 1, view = plainView({ kind: "plain" }) } = options;
    checkNames("segmentation", options, ["epochs", "batch", "rate", "seed", "ignore", "view"]);
    checkNumber("segmentation: epochs", epochs, { min: 1, integer: true });
    checkNumber("segmentation: batch", batch, { min: 1, integer: true });
    const { train, test } = data;
    this.#none = options.ignore === undefined ? voidClass(train.labels) : options.ignore;
    this.#classes = scoredClasses(train.labels, this.#none).length;
    if (train.labels.classes?.join() !== test.labels.classes?.join())
      throw new UsageError("segmentation: training and held-out labels have different classes");
    for (const half of [train, test]) checkHalf(half);
    this.#rows = presentRows(train.labels);
    this.#view = view;
    this.#loader = new Loader({ length: this.#rows.length, batchSize: Math.min(batch, this.#rows.length), seed });
    this.#parameters = new Parameters(gpu, seed);
    this.#labels = makeResident(gpu, { ...train.labels, length: train.images.length });
    this.#open.push({ close: () => this.#parameters.destroy() }, { close: () => this.#labels.store.destroy() });
  }

  /** Class scores [B, C, H, W] of a batch: the frozen encoder on a tape that records no gradient, the decoder on the one given. */
  #scores(tape: Tape, half: SegmentedImages, index: Operand): Tensor {
    const frozen = openTape(tape.plan, false);
    const found = this.maps(frozen, this.#view(frozen, half.images, index));
    this.#decoder ??= found.map((map, i) => decoderOf(this.#parameters, i, map, this.#classes)); // the same one for the held-out images
    if (found.length === 0) throw new UsageError("segmentation: the encoder gave no map");
    const scores = this.#decoder.map((decode, i) => {
      const map = found[i];
      if (!map) throw new InternalError(`segmentation: the encoder gave ${found.length} maps, ${i + 1} or more before`);
      return decode(tape, map);
    });
    // From coarse to fine, so that only one sum of scores is as large as the labels.
    const order = scores.toSorted((a, b) => a.size - b.size);
    const sum = order.reduce((coarse, fine) => add(tape, resize(tape, coarse, sizeOf(fine)), fine));
    return resize(tape, sum, [half.labels.height, half.labels.width]);
  }

  /** @returns the loss of the last step */
  async train(): Promise<number> {
    const { epochs = 30, rate = 0.01, seed = 1 } = this.options;
    const { train } = this.data;
    const loader = this.#loader;
    const rateOf = schedule({ kind: "cosine", rate, steps: epochs * loader.stepsPerEpoch });
    const plan = new Plan(this.gpu, "segmentation probe");
    const index = plan.input("index", [loader.batchSize], "u32");
    const tape = openTape(plan, true);
    const scores = this.#scores(tape, train, index);
    const loss = plan.keep(pixelCrossEntropy(tape, scores, this.#truth(tape, train, index)));
    tape.backward(loss);
    this.#parameters.collect(tape);
    const optimiser = makeOptimiser(this.#parameters, { name: "adam" });
    optimiser.step(plan);
    this.#open.push({ close: () => plan.close() }, { close: () => optimiser.destroy() });
    await plan.open();
    for (let step = 0; step < epochs * loader.stepsPerEpoch; step++) {
      const { epoch, indices } = loader.at(step);
      plan.run({ seed, step, epoch, rate: rateOf(step) }, [[index, indices.map((i) => this.#rows[i] ?? 0)]]);
      await plan.pace(1);
    }
    const [last = Number.NaN] = await plan.read(loss);
    if (!Number.isFinite(last))
      throw new NonFiniteError(`segmentation: the loss became ${last}: the encoder's maps are not finite, or use a lower rate`);
    return last;
  }

  /** u32 [B, H, W] of the batch's classes, void beyond all of them. */
  #truth(tape: Tape, { labels, images }: SegmentedImages, index: Operand): Operand {
    const [B = 0] = index.shape;
    const P = labels.height * labels.width;
    const label = tape.tensor([B, labels.height, labels.width], "u32", "classes");
    const params = { N: images.length, P, B, none: this.#none ?? 256 };
    tape.launch(kernels.classMap, { images: this.#labels.bytes, index, label }, params, [Math.ceil(P / 64), B]);
    return label;
  }

  async score(): Promise<Omit<SegmentationResult, "loss">> {
    const { labels } = this.data.test;
    const rows = presentRows(labels);
    const B = Math.min(this.#loader.batchSize, rows.length);
    const P = labels.height * labels.width;
    const plan = new Plan(this.gpu, "segmentation scores");
    this.#open.push({ close: () => plan.close() });
    const index = plan.input("index", [B], "u32");
    const tape = openTape(plan, false);
    const x = this.#scores(tape, this.data.test, index);
    const best = plan.keep(tape.tensor([B, P], "u32", "predictions"));
    tape.launch(kernels.channelArgmax, { x, best }, { B, C: this.#classes, P }, perItem(B * P), { flops: x.size });
    await plan.open();
    const predictions = new Uint8Array(rows.length * P);
    for (let from = 0; from < rows.length; from += B) {
      // The last batch is filled up with its last image: sizes are part of the recorded plan.
      plan.run(undefined, [[index, Uint32Array.from({ length: B }, (_, i) => rows[Math.min(from + i, rows.length - 1)] ?? 0)]]);
      const found = (await plan.read(best)).subarray(0, Math.min(B, rows.length - from) * P);
      predictions.set(
        Uint8Array.from(found, (c) => (this.#none !== null && c >= this.#none ? c + 1 : c)),
        from * P,
      );
    }
    return { rows, predictions, ...segmentationScores(labels, this.#none, labelledPixels(labels), predictions) };
  }

  close(): void {
    for (const part of this.#open) part.close();
  }
}

const sizeOf = ({ shape: [, , height = 0, width = 0] }: Tensor): readonly [number, number] => [height, width];

/** Standardises map i by channel and turns it into class scores; the bias of the sum is the first one's. */
function decoderOf(parameters: Parameters, i: number, { shape }: Tensor, classes: number): Layer {
  const [, channels = 0] = shape;
  if (shape.length !== 4) throw new ShapeError(`segmentation: map ${i}: expected [B, C, H, W], got [${shape}]`);
  return sequential(
    batchNormLayer(parameters, `decoder.${i}.norm`, channels, { affine: false }),
    conv2dLayer(parameters, `decoder.${i}.classify`, channels, classes, { kernel: 1, bias: i === 0 }),
  );
}

/** @throws UsageError unless labels and images are of the same samples and size, and some sample is labelled */
function checkHalf({ images, labels }: SegmentedImages): void {
  const { name, height, width } = labels;
  const count = labels.pixels().length / (height * width);
  if (count !== images.length || height !== images.height || width !== images.width) {
    const expected = `${images.length} maps of ${images.height} x ${images.width} as the images`;
    throw new UsageError(`segmentation: view ${name}: expected ${expected}, got ${count} of ${height} x ${width}`);
  }
  if (presentRows(labels).length === 0) throw new UsageError(`segmentation: view ${name}: no sample has it`);
}
