import type { Tape } from "../../autograd.ts";
import { ShapeError, UsageError } from "../../errors.ts";
import { blurredView, colouredView } from "../../gpu/kernels.gen.ts";
import type { Operand } from "../../gpu/slot.ts";
import { checkChoice, checkNames, checkNumber } from "../../options.ts";
import type { Tensor } from "../../tensor.ts";
import { type Levels, levels, type Normalise } from "./common.ts";

/** Torchvision's ColorJitter: the four operations in random order, each clamped to 0 .. 1. What is left out is off. */
export interface JitterConfig {
  /** The factor is uniform in [max(0, 1 - brightness), 1 + brightness]; 0 or more. */
  readonly brightness?: number;
  /** As brightness; blends with the mean grey of the view. Default 0. */
  readonly contrast?: number;
  /** As brightness; blends with each pixel's grey. Default 0. */
  readonly saturation?: number;
  /** The hue turns by -hue to hue of the circle; 0 to 0.5. Default 0. */
  readonly hue?: number;
  /** Probability that a view is jittered at all. Default 1. */
  readonly p?: number;
}

/** Torchvision's GaussianBlur (reflecting at the edges), applied to some views. */
export interface BlurConfig {
  /** Taps an axis: odd, 3 to 255; half of it, rounded down, must be below each side of the view. */
  readonly kernel: number;
  /** Standard deviation in pixels, uniform from the first to the second; 0.01 or more. Default [0.1, 2]. */
  readonly sigma?: readonly [number, number];
  /** Probability that a view is blurred at all. Default 1. */
  readonly p?: number;
}

/** Colour changes of a view, with torchvision's meanings. They come before the blur, and both before the normalisation. */
export interface ColourConfig {
  readonly jitter?: JitterConfig;
  /** Probability of turning a view grey (RandomGrayscale), 0 to 1. Default 0. */
  readonly grayscale?: number;
  /** What comes first. Published recipes differ: CIFAR jitters first (the default), ImageNet turns grey first. */
  readonly order?: "jitter-gray" | "gray-jitter";
  readonly blur?: BlurConfig;
}

/** Names of the options in `ColourConfig`. */
export const COLOUR_OPTIONS = ["jitter", "grayscale", "order", "blur"] as const;

/** A checked `ColourConfig` without defaults left open. */
export interface Colour {
  readonly jitter: Required<JitterConfig>;
  readonly grayscale: number;
  readonly order: "jitter-gray" | "gray-jitter";
  readonly blur: Required<BlurConfig> | undefined;
}

/** Checks and completes the options; undefined when they change nothing. @throws UsageError for unknown options and values out of range */
export function checkColour(where: string, config: ColourConfig): Colour | undefined {
  const { jitter = {}, grayscale = 0, order = "jitter-gray", blur } = config;
  checkNames(`${where}: jitter`, jitter, ["brightness", "contrast", "saturation", "hue", "p"]);
  const { brightness = 0, contrast = 0, saturation = 0, hue = 0, p = 1 } = jitter;
  for (const [name, range] of Object.entries({ brightness, contrast, saturation }))
    checkNumber(`${where}: jitter.${name}`, range, { min: 0, max: 100 });
  checkNumber(`${where}: jitter.hue`, hue, { min: 0, max: 0.5 });
  checkNumber(`${where}: jitter.p`, p, { min: 0, max: 1 });
  checkNumber(`${where}: grayscale`, grayscale, { min: 0, max: 1 });
  checkChoice(`${where}: order`, order, ["jitter-gray", "gray-jitter"]);
  const colour = { jitter: { brightness, contrast, saturation, hue, p }, grayscale, order, blur: checkBlur(`${where}: blur`, blur) };
  return changesColours(colour) || colour.blur ? colour : undefined;
}

/** Appends one launch for jitter and greyscale (in place) and two for the blur, those that are wanted; the last one normalises. */
export function recolour(tape: Tape, view: Tensor, index: Operand, colour: Colour, number: number, normalise?: Normalise): Tensor {
  const [, C = 0, H = 0, W = 0] = view.shape;
  checkChannels(C, colour);
  const { blur } = colour;
  if (blur && Math.floor(blur.kernel / 2) >= Math.min(H, W))
    throw new ShapeError(`view: blur.kernel ${blur.kernel} reaches beyond the reflection of a view of ${H} x ${W}`);
  const last = unitLevels(C, normalise);
  if (changesColours(colour)) launchColours(tape, view, index, colour, number, blur ? unitLevels(C) : last);
  if (!blur) return view;
  const across = launchBlur(tape, view, index, blur, number, 0, unitLevels(C));
  return launchBlur(tape, across, index, blur, number, 1, last);
}

function launchColours(tape: Tape, view: Tensor, index: Operand, colour: Colour, number: number, { gain3, bias3, ...level }: Levels): void {
  const [B = 0, C = 0, H = 0, W = 0] = view.shape;
  const { p, ...ranges } = colour.jitter;
  const choice = { number, grey_first: colour.order === "gray-jitter" ? 1 : 0, jitter: p, grey: colour.grayscale };
  const overrides = { WG: tape.plan.gpu.adapter.software ? 32 : 256 }; // on a CPU a lane costs as much as its work: fewer of them
  const params = { B, C, P: H * W, ...choice, ...ranges, ...level };
  tape.launch(colouredView, { index, view }, params, [B], { overrides, flops: 150 * view.size });
}

function launchBlur(
  tape: Tape,
  x: Tensor,
  index: Operand,
  blur: Colour["blur"] & {},
  number: number,
  vertical: 0 | 1,
  level: Levels,
): Tensor {
  const [B = 0, C = 0, H = 0, W = 0] = x.shape;
  const y = tape.tensor(x.shape, "f32", "view");
  const { kernel, sigma, p } = blur;
  const params = { B, C, H, W, number, radius: (kernel - 1) / 2, vertical, blur: p, sigma0: sigma[0], sigma1: sigma[1], ...level };
  tape.launch(blurredView, { x, index, y }, params, [Math.ceil((H * W) / 256), B * C], { flops: 25 * kernel * x.size });
  return y;
}

/** Levels for floats 0 .. 1 instead of bytes. */
function unitLevels(channels: number, normalise?: Normalise): Levels {
  const of = levels(channels, normalise);
  return { ...of, gain0: 255 * of.gain0, gain1: 255 * of.gain1, gain2: 255 * of.gain2, gain3: 255 * of.gain3 };
}

function checkBlur(where: string, blur: BlurConfig | undefined): Required<BlurConfig> | undefined {
  if (blur === undefined) return undefined;
  checkNames(where, blur, ["kernel", "sigma", "p"]);
  const { kernel, sigma = [0.1, 2], p = 1 } = blur;
  checkNumber(`${where}.kernel`, kernel, { min: 3, max: 255, integer: true });
  if (kernel % 2 === 0) throw new UsageError(`${where}.kernel: expected an odd number of taps, got ${kernel}`);
  if (sigma.length !== 2) throw new UsageError(`${where}.sigma: expected [low, high], got ${JSON.stringify(sigma)}`);
  for (const end of sigma) checkNumber(`${where}.sigma`, end, { min: 0.01, max: 1000 });
  if (sigma[0] > sigma[1]) throw new UsageError(`${where}.sigma: expected low <= high, got ${JSON.stringify(sigma)}`);
  checkNumber(`${where}.p`, p, { min: 0, max: 1 });
  return p > 0 ? { kernel, sigma, p } : undefined;
}

const jitters = ({ brightness, contrast, saturation, hue, p }: Required<JitterConfig>): boolean =>
  p > 0 && brightness + contrast + saturation + hue > 0;

const changesColours = ({ jitter, grayscale }: Colour): boolean => jitters(jitter) || grayscale > 0;

function checkChannels(channels: number, colour: Colour): void {
  if (!changesColours(colour) || channels === 3) return;
  const { jitter, grayscale } = colour;
  const where = `view: images of ${channels} channel${channels === 1 ? "" : "s"}`;
  if (channels !== 1)
    throw new UsageError(`${where}: jitter and grayscale are defined for RGB (3) and, without saturation and hue, for one`);
  const needless = jitter.saturation > 0 ? "jitter.saturation" : jitter.hue > 0 ? "jitter.hue" : grayscale > 0 ? "grayscale" : undefined;
  if (needless) throw new UsageError(`${where} have no colour, so that ${needless} means nothing: leave it out`);
}
