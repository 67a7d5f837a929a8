import { isTurned, type Orientation } from "../formats/exif.ts";
import { checkNames, checkNumber } from "../options.ts";

/** One image, upright. */
export interface DecodedImage {
  /** 1 grey, 3 RGB. */
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Planar u8 [C, H, W]. */
  readonly pixels: Uint8Array;
}

/**
 * Turns a PNG or JPEG file into pixels, judging it by its content: `nodeImageDecoder` of "nearfar/node" or, in a page, `bitmapDecoder`.
 * @param name what to call the file in errors
 * @throws FormatError when the file is damaged or of a kind that is not read; any other error means that no file can be decoded
 */
export type ImageDecoder = (bytes: Uint8Array, name: string) => Promise<DecodedImage>;

/** What decoders accept. */
export interface DecoderOptions {
  /**
   * Level of the ground that transparent pixels are laid on, 0 (black) to 255 (white, the default): a channel becomes
   * round((alpha * channel + (255 - alpha) * background) / 255), on the stored levels, as browsers do.
   */
  readonly background?: number;
  /** Most pixels of one image, checked before anything is allocated. Default 2^26. */
  readonly maxPixels?: number;
}

/** @throws UsageError for unknown options and values out of range */
export function checkDecoder(options: DecoderOptions): void {
  checkNames("image decoder", options, ["background", "maxPixels"]);
  const { background = 255, maxPixels = 1 } = options;
  checkNumber("image decoder: background", background, { min: 0, max: 255, integer: true });
  checkNumber("image decoder: maxPixels", maxPixels, { min: 1, max: 2 ** 30, integer: true });
}

/** Pixels as decoders give them: row by row, all samples of a pixel together. */
export interface Interleaved {
  readonly height: number;
  readonly width: number;
  /** Samples a pixel in `data`, 1 to 4: with 2 and 4 the last one is alpha, if `alpha` says so. */
  readonly samples: number;
  readonly alpha: boolean;
  readonly channels: 1 | 3;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** The channels plane by plane, laid on the background where they are transparent. */
export function planar(image: Interleaved, background = 255): DecodedImage {
  const { height, width, samples, alpha, channels, data } = image;
  const plane = height * width;
  const pixels = new Uint8Array(channels * plane);
  for (let i = 0; i < plane; i++) {
    const opacity = alpha ? (data[i * samples + samples - 1] ?? 255) : 255;
    for (let c = 0; c < channels; c++) {
      const level = data[i * samples + c] ?? 0;
      pixels[c * plane + i] = opacity === 255 ? level : Math.round((opacity * level + (255 - opacity) * background) / 255);
    }
  }
  return { channels, height, width, pixels };
}

/** The image as it is to be seen: stored pixels turned or mirrored as EXIF's orientation says. */
export function upright(image: DecodedImage, orientation: Orientation): DecodedImage {
  if (orientation === 1) return image;
  const { channels, height: h, width: w } = image;
  const [height, width] = isTurned(orientation) ? [w, h] : [h, w];
  const pixels = new Uint8Array(image.pixels.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = storedAt(orientation, y, x, h, w);
      for (let c = 0; c < channels; c++) pixels[(c * height + y) * width + x] = image.pixels[c * h * w + from] ?? 0;
    }
  }
  return { channels, height, width, pixels };
}

/** Place within a stored plane of h x w of what is seen at row y, column x. */
function storedAt(orientation: Orientation, y: number, x: number, h: number, w: number): number {
  const [row, column] = isTurned(orientation) ? [x, y] : [y, x];
  const fromBottom = orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7;
  const fromRight = orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8;
  return (fromBottom ? h - 1 - row : row) * w + (fromRight ? w - 1 - column : column);
}

/** Grey as three equal channels, or colour as its luma (ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B, rounded). */
export function withChannels(image: DecodedImage, channels: number): DecodedImage {
  if (image.channels === channels) return image;
  const plane = image.height * image.width;
  const pixels = new Uint8Array(channels * plane);
  const { pixels: from } = image;
  if (image.channels === 1) for (let c = 0; c < channels; c++) pixels.set(from, c * plane);
  else {
    for (let i = 0; i < plane; i++) {
      pixels[i] = Math.round((299 * (from[i] ?? 0) + 587 * (from[plane + i] ?? 0) + 114 * (from[2 * plane + i] ?? 0)) / 1000);
    }
  }
  return { ...image, channels, pixels };
}
