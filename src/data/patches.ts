import { UsageError } from "../errors.ts";
import { checkNames, checkNumber } from "../options.ts";
import { gather } from "./dataset.ts";
import { type MultiViewDataset, multiViewDataset, type ViewImages } from "./multi_view.ts";

/** Square pieces of every image, each a sample: CMC contrasts patches of the same place, so that few images give many negatives. */
export interface PatchOptions {
  /** Height and width in pixels. */
  readonly size: number;
  /** Pixels from one patch to the next, down and across. Default: the size, so that patches do not overlap. */
  readonly stride?: number;
}

/** Where the patches of one image begin: `[top, left]`, row by row. What is left over at the right and at the bottom is not used. */
export function patchGrid(height: number, width: number, options: PatchOptions): readonly (readonly [number, number])[] {
  checkNames("patches", options, ["size", "stride"]);
  const { size, stride = size } = options;
  checkNumber("patches: size", size, { min: 1, max: Math.min(height, width), integer: true });
  checkNumber("patches: stride", stride, { min: 1, integer: true });
  const starts = (length: number) => Array.from({ length: Math.floor((length - size) / stride) + 1 }, (_, i) => i * stride);
  return starts(height).flatMap((top) => starts(width).map((left) => [top, left] as const));
}

/** Most bytes of one view: it is one array in memory. */
const MAX_BYTES = 2 ** 31;

/**
 * The patches of all samples of a view: patch p of sample i is sample i * P + p, for P patches an image. All views are cut alike. A
 * patch has a view when its sample has.
 * @throws UsageError on an unknown option, sizes that do not fit, or more than 2 GiB of patches
 */
export function patchView(view: ViewImages, options: PatchOptions): ViewImages {
  const { channels, height, width } = view;
  const grid = patchGrid(height, width, options);
  const { size } = options;
  const source = view.pixels();
  const planes = source.length / (height * width); // samples times channels
  const samples = planes / channels;
  if (samples * grid.length * channels * size * size > MAX_BYTES)
    throw new UsageError(`patches: view ${view.name}: ${samples * grid.length} patches take more than 2 GiB: take fewer images or patches`);
  const pixels = new Uint8Array(samples * grid.length * channels * size * size);
  for (let plane = 0; plane < planes; plane++) {
    const [i, c] = [Math.floor(plane / channels), plane % channels];
    for (const [p, [top, left]] of grid.entries()) {
      const to = ((i * grid.length + p) * channels + c) * size * size;
      for (let row = 0; row < size; row++) {
        const from = (plane * height + top + row) * width + left;
        pixels.set(source.subarray(from, from + size), to + row * size);
      }
    }
  }
  const present = view.present && gather(view.present, 1, repeated(samples, grid.length));
  return { ...view, height: size, width: size, pixels: () => pixels, ...(present && { present }) };
}

/** The patches of every sample as samples of their own, with their image's label. @throws as `patchView` and `multiViewDataset` */
export function patchDataset(dataset: MultiViewDataset, options: PatchOptions): MultiViewDataset {
  const { labels, classes, length, height, width } = dataset;
  const count = patchGrid(height, width, options).length;
  return multiViewDataset({
    name: `${dataset.name} (${count} patches of ${options.size} x ${options.size} an image)`,
    views: dataset.views.map((view) => patchView(view, options)),
    ...(labels && { labels: gather(labels, 1, repeated(length, count)) }),
    ...(classes && { classes }),
  });
}

/** 0, 0, ..., 1, 1, ...: which sample each patch is of. */
export function repeated(length: number, times: number): Uint32Array {
  return Uint32Array.from({ length: length * times }, (_, i) => Math.floor(i / times));
}
