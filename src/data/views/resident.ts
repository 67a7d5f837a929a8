import { ShapeError } from "../../errors.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { Operand } from "../../gpu/slot.ts";
import { Store } from "../../gpu/store.ts";
import type { ImageDataset } from "../images.ts";

/** Images that stay on the device as bytes: uploaded once, a quarter of the memory of f32, turned into views batch by batch. */
export interface ResidentImages {
  /** Number of images N. */
  readonly length: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Where bytes are class numbers (one channel): how many classes there are. A view then has a channel a class, 1 where a pixel is of it. */
  readonly classes?: number | undefined;
  /** u32 [ceil(N C H W / 4)]: planar u8 [N, C, H, W], four a word, low byte first. */
  readonly bytes: Operand;
  readonly store: Store;
}

/** What residency needs of a data set. */
export interface ImageSource extends Pick<ImageDataset, "name" | "length" | "channels" | "height" | "width" | "pixels"> {
  /** Where bytes are class numbers: how many classes there are. */
  readonly segments?: number | undefined;
  /** [N]: 1 where the pixels mean something. Absent: everywhere. */
  readonly present?: Uint8Array | undefined;
}

/** Channels of a view of these images. */
export const viewChannels = ({ channels, classes }: Pick<ResidentImages, "channels" | "classes">): number => classes ?? channels;

/**
 * Keeps a data set's images on the device as bytes. Free them with `images.store.destroy()`.
 * @throws ShapeError when the images have 4 GiB or more (the adapter's own limits are checked when a plan that uses them opens)
 */
export function makeResident(gpu: Gpu, source: ImageSource): ResidentImages {
  const { name, length, channels, height, width, segments } = source;
  const pixels = source.pixels();
  const size = length * channels * height * width;
  if (pixels.length !== size) throw new ShapeError(`${name}: expected ${size} pixels for ${length} images, got ${pixels.length}`);
  if (size >= 2 ** 32)
    throw new ShapeError(`${name}: ${size} bytes of images; kernels address less than 4 GiB. Use fewer or smaller images.`);
  const words = Math.ceil(size / 4);
  const store = new Store(gpu, `${name} images`, "data");
  const slot = store.add("images", 4 * words);
  store.write(slot, size % 4 === 0 ? pixels : padded(pixels, 4 * words));
  return {
    length,
    channels,
    height,
    width,
    ...(segments !== undefined && { classes: segments }),
    bytes: { slot, shape: [words], dtype: "u32" },
    store,
  };
}

function padded(bytes: Uint8Array, length: number): Uint8Array {
  const whole = new Uint8Array(length);
  whole.set(bytes);
  return whole;
}
