import { FormatError, UsageError } from "../errors.ts";

/** `icons.json` of an `@iconify-json` package. */
export interface IconSet {
  readonly prefix: string;
  /** Of icons without a size of their own, in units of their drawing. Default 16. */
  readonly width?: number;
  readonly height?: number;
  readonly icons: Readonly<Record<string, Icon>>;
}

interface Icon {
  /** SVG without the outer element. */
  readonly body: string;
  readonly left?: number;
  readonly top?: number;
  readonly width?: number;
  readonly height?: number;
}

/** Draws icons as pixels. */
export interface Painter {
  /** Changes whenever the same icon might get other pixels. */
  readonly version: string;
  /**
   * Icons by name as planar u8 [N, 3, size, size], RGB over white, whole and in proportion.
   * @throws FormatError naming the icon that is not there or cannot be drawn
   */
  paint(set: IconSet, names: readonly string[], size: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Pixels drawn along each side of a pixel kept: their plain mean is the same on every machine, which a library's resampling is not. */
const FINE = 4;
/** Icons drawn at a time. */
const AT_ONCE = 16;

/** A painter by the package `sharp` (libvips and librsvg). @throws UsageError when it is not installed */
export async function openPainter(): Promise<Painter> {
  const { default: sharp } = await import("sharp").catch((cause: unknown) => {
    throw new UsageError("drawing icons needs the npm package sharp: run `npm install --save-dev sharp`", { cause });
  });
  const { sharp: release = "", rsvg = "" } = sharp.versions as Readonly<Record<string, string>>;
  const pixels = async (set: IconSet, name: string, side: number): Promise<Uint8Array> => {
    const svg = Buffer.from(svgOf(set, name, side));
    const image = sharp(svg).flatten({ background: "#ffffff" }).toColourspace("srgb").removeAlpha().raw();
    const { data, info } = await image.toBuffer({ resolveWithObject: true }).catch((cause: unknown) => {
      throw new FormatError(`${set.prefix}: icon ${name}: cannot be drawn`, { cause });
    });
    if (info.channels === 3 && info.width === side && info.height === side) return data;
    const found = `${info.width} x ${info.height} x ${info.channels}`;
    throw new FormatError(`${set.prefix}: icon ${name}: expected ${side} x ${side} x 3 pixels, drawn as ${found}`);
  };
  return {
    version: `sharp ${release}, librsvg ${rsvg}, mean of ${FINE} x ${FINE}`,
    async paint(set, names, size) {
      const image = 3 * size * size;
      const out = new Uint8Array(names.length * image);
      for (let from = 0; from < names.length; from += AT_ONCE) {
        const drawn = await Promise.all(names.slice(from, from + AT_ONCE).map((name) => pixels(set, name, FINE * size)));
        for (const [i, fine] of drawn.entries()) out.set(planarMean(fine, size), (from + i) * image);
      }
      return out;
    },
  };
}

/** A whole SVG document; a drawing that is not square is centred. @throws FormatError when there is no such icon */
export function svgOf({ prefix, icons, ...set }: IconSet, name: string, side: number): string {
  const icon = Object.hasOwn(icons, name) ? icons[name] : undefined;
  if (typeof icon?.body !== "string") throw new FormatError(`${prefix}: expected an icon ${JSON.stringify(name)} with a body, found none`);
  const { left = 0, top = 0, width = set.width ?? 16, height = set.height ?? 16, body } = icon;
  const spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
  return `<svg ${spaces} width="${side}" height="${side}" viewBox="${left} ${top} ${width} ${height}">${body}</svg>`;
}

/** Means of `FINE` x `FINE` pixels: interleaved [FINE size, FINE size, 3] to planar [3, size, size]. */
function planarMean(fine: Uint8Array, size: number): Uint8Array {
  const row = FINE * size * 3;
  return Uint8Array.from({ length: 3 * size * size }, (_, at) => {
    const [c, y, x] = [Math.floor(at / (size * size)), Math.floor(at / size) % size, at % size];
    let sum = 0;
    for (let i = 0; i < FINE; i++) {
      for (let j = 0; j < FINE; j++) sum += fine[(FINE * y + i) * row + (FINE * x + j) * 3 + c] ?? 0;
    }
    return Math.round(sum / FINE ** 2);
  });
}
