import { FormatError } from "../errors.ts";
import { wholeImageHeader } from "../formats/image_header.ts";
import { checkJpegEnd } from "../formats/jpeg.ts";
import { readPng } from "../formats/png_read.ts";
import { checkDecoder, type DecoderOptions, type ImageDecoder, planar } from "./decoded.ts";

/**
 * Decodes PNG and JPEG by the browser itself (`createImageBitmap`), in a page or a worker. Checks and meanings are those of
 * `nodeImageDecoder`, pixels may differ by a level or two: browsers decode JPEG each in their own way.
 * @throws UsageError for unknown options; the decoder: FormatError as `nodeImageDecoder`
 */
export function bitmapDecoder(options: DecoderOptions = {}): ImageDecoder {
  checkDecoder(options);
  const { background = 255, maxPixels } = options;
  return async (bytes, name) => {
    const { kind, channels, height, width } = wholeImageHeader(bytes, name, maxPixels);
    // Browsers show the part of a damaged file that they have.
    if (kind === "png") readPng(bytes, name);
    else checkJpegEnd(bytes, name);
    const bitmap = await bitmapOf(bytes, name);
    try {
      if (bitmap.height !== height || bitmap.width !== width) {
        throw new FormatError(`${name}: expected ${height} x ${width} pixels, the browser found ${bitmap.height} x ${bitmap.width}`);
      }
      const data = pixelsOf(bitmap, background);
      return planar({ height, width, samples: 4, alpha: false, channels, data });
    } finally {
      bitmap.close();
    }
  };
}

async function bitmapOf(bytes: Uint8Array, name: string): Promise<ImageBitmap> {
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  try {
    // Turns by EXIF's orientation by itself.
    return await createImageBitmap(blob, { colorSpaceConversion: "none", imageOrientation: "from-image" });
  } catch (cause) {
    throw new FormatError(`${name}: the browser cannot decode it: damaged?`, { cause });
  }
}

/** RGBA, laid on the background. */
function pixelsOf(bitmap: ImageBitmap, background: number): Uint8ClampedArray {
  const { height, width } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { alpha: false, willReadFrequently: true });
  if (!context) throw new FormatError(`no canvas of ${height} x ${width} to decode with`);
  context.fillStyle = `rgb(${background} ${background} ${background})`;
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, width, height).data;
}
