import { elements } from "../gpu/slot.ts";
import { Purpose, randomF32, randomNormal, randomStream } from "../random.ts";

/** Random numbers of one parameter: functions of (seed, parameter's name, element), so neither order nor other parameters matter. */
export interface Draw {
  /** Uniform in [0, 1). */
  uniform(element: number): number;
  /** Standard normal. */
  normal(element: number): number;
}

/** Start values of a parameter, one per element of `shape`. */
export type Init = (shape: readonly number[], draw: Draw) => Float32Array<ArrayBuffer>;

/** The numbers that parameter `name` of a run with this seed draws from. */
export function drawFor(seed: number, name: string): Draw {
  const stream = randomStream(seed, Purpose.init);
  const key = hash(name);
  return {
    uniform: (element) => randomF32(stream, key, 0, element),
    normal: (element) => randomNormal(stream, key, 1, element),
  };
}

/** FNV-1a over UTF-16 code units, 32 bits. */
function hash(name: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

const generate = (shape: readonly number[], value: (element: number) => number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: elements(shape) }, (_, i) => value(i));

/** Inputs that one output of a weight [O, I, ...] sees. */
export const fanIn = (shape: readonly number[]): number => elements(shape.slice(1));

/** Outputs that one input of a weight [O, I, ...] reaches. */
export const fanOut = (shape: readonly number[]): number => elements([shape[0] ?? 1, ...shape.slice(2)]);

/** PyTorch's default for the weights of linear and convolution layers: Kaiming uniform with a = sqrt 5, that is ±1/sqrt(fan in). */
export const defaultWeight: Init = (shape, draw) => uniformWithin(1 / Math.sqrt(fanIn(shape)))(shape, draw);

/** PyTorch's default for the bias of a layer whose outputs see `inputs` inputs: ±1/sqrt(inputs). */
export const defaultBias = (inputs: number): Init => uniformWithin(1 / Math.sqrt(inputs));

/** Uniform in [-bound, bound). */
export const uniformWithin =
  (bound: number): Init =>
  (shape, draw) =>
    generate(shape, (i) => bound * (2 * draw.uniform(i) - 1));

/** Normal with variance 2 / fan out: keeps the gradient's variance through ReLUs (He et al. 2015, eq. 14), as in torchvision's ResNets. */
export const kaimingNormal: Init = (shape, draw) => {
  const deviation = Math.sqrt(2 / fanOut(shape));
  return generate(shape, (i) => deviation * draw.normal(i));
};

/** One value everywhere. */
export const constant =
  (value: number): Init =>
  (shape) =>
    generate(shape, () => value);

export const zeros: Init = constant(0);
export const ones: Init = constant(1);
