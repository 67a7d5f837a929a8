import type { Inputs, Size } from "../contract.ts";
import { uniform } from "../noise.ts";
import { batchNorm, conv2d, meanPool } from "../reference/conv.ts";
import { addRow, matmul, unit } from "../reference/dense.ts";
import { type RefTape, relu, type Value } from "../reference/tape.ts";
import { inputNamed } from "./conv.ts";

/** Learning rate and momentum of every step. */
export const SGD = { rate: 0.03, momentum: 0.9 } as const;

/** Channels of the three blocks: 3x3 convolution of stride 2, batch norm, ReLU. Then mean pool, linear, length 1. */
export const BLOCKS = [32, 64, 128] as const;

/** Parameters by name with their shapes, of images of C channels into D numbers; names begin with `prefix`. */
export function encoderShapes(C: number, D: number, prefix = ""): Readonly<Record<string, readonly number[]>> {
  const blocks = BLOCKS.flatMap((O, i): [string, readonly number[]][] => [
    [`${prefix}conv${i}`, [O, i === 0 ? C : (BLOCKS[i - 1] ?? 0), 3, 3]],
    [`${prefix}weight${i}`, [O]],
    [`${prefix}bias${i}`, [O]],
  ]);
  return Object.fromEntries([...blocks, [`${prefix}head`, [D, BLOCKS[2]]], [`${prefix}shift`, [D]]]);
}

/** Start values: PyTorch's bounds for weights, ones and zeros for the rest. */
export function startValues(shapes: Readonly<Record<string, readonly number[]>>): Inputs {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape], seed) => {
      const count = shape.reduce((a, b) => a * b, 1);
      const data = shape.length > 1 ? uniform(100 + seed, count, 1 / Math.sqrt(count / (shape[0] ?? 1))) : new Float32Array(count);
      if (/weight\d$/.test(name)) data.fill(1);
      return [name, { shape, data }];
    }),
  );
}

/** Parameters on a tape. */
export function leaves(tape: RefTape, shapes: Readonly<Record<string, readonly number[]>>, inputs: Inputs): Record<string, Value> {
  return Object.fromEntries(
    Object.keys(shapes).map((name) => [name, tape.leaf(inputNamed(inputs, name).shape, inputNamed(inputs, name).data)]),
  );
}

/** Unit features of x[B, C, H, H]. */
export function encodeReference(x: Value, parameters: Readonly<Record<string, Value>>, prefix = ""): Value {
  const of = (name: string): Value => {
    const value = parameters[prefix + name];
    if (!value) throw new Error(`the encoder has no ${prefix}${name}`);
    return value;
  };
  let y = x;
  for (const i of BLOCKS.keys())
    y = relu(batchNorm(conv2d(y, of(`conv${i}`), { stride: 2, padding: 1 }), of(`weight${i}`), of(`bias${i}`)));
  return unit(addRow(matmul(meanPool(y), of("head"), { tb: true }), of("shift")));
}

/** What plain SGD's first step adds to the parameters that a case is checked by. */
export function firstChanges(parameters: Readonly<Record<string, Value>>, names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, (parameters[name]?.grad ?? new Float64Array()).map((g) => -SGD.rate * g)]));
}

/** Converts parameters after the first step to what it added. */
export function addedTo(inputs: Inputs, names: readonly string[]): Record<string, (after: ArrayLike<number>) => Float64Array> {
  const added = (name: string) => (after: ArrayLike<number>) =>
    Float64Array.from(after, (value, i) => value - (inputNamed(inputs, name).data[i] ?? 0));
  return Object.fromEntries(names.map((name) => [name, added(name)]));
}

/** Operations of the encoder for `images` of H x H pixels, backward counted as two forwards. */
export function encoderFlops(images: number, C: number, { H = 0, D = 0 }: Size): number {
  let [side, inputs, total] = [H, C, 0];
  for (const O of BLOCKS) {
    side = Math.ceil(side / 2);
    total += 2 * 9 * inputs * O * side * side;
    inputs = O;
  }
  return 3 * images * (total + 2 * BLOCKS[2] * D);
}
