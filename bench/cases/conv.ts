import type { BenchCase, Inputs, Size } from "../contract.ts";
import { uniform } from "../noise.ts";
import { conv2d } from "../reference/conv.ts";
import { RefTape } from "../reference/tape.ts";

export type ConvPart = "forward" | "input" | "weight";

/** 3x3, stride 1, a ring of zeros: x[B, I, H, H], w[O, I, 3, 3], dy[B, O, H, H]. */
export const CONV = { stride: 1, padding: 1 } as const;

const TITLES: Readonly<Record<ConvPart, string>> = { forward: "forward", input: "gradient of the input", weight: "gradient of the weight" };

function convCase(part: ConvPart): BenchCase {
  const shapes = ({ B = 0, I = 0, O = 0, H = 0 }: Size) => ({ x: [B, I, H, H], w: [O, I, 3, 3], dy: [B, O, H, H] });
  const used = { forward: ["x", "w"], input: ["dy", "w"], weight: ["x", "dy"] } as const;
  return {
    name: `conv-${part}`,
    title: `Convolution 3x3, ${TITLES[part]}`,
    sizes: [
      { set: "issue", size: { B: 16, I: 32, O: 64, H: 28 } },
      { set: "small", size: { B: 2, I: 8, O: 8, H: 8 } },
      { set: "ragged", size: { B: 3, I: 7, O: 13, H: 11 } },
    ],
    linear: { from: { B: 4, I: 16, O: 16, H: 16 }, axes: { B: [2, 4, 8, 16], I: [8, 16, 32], O: [8, 16, 32] } },
    flops: ({ B = 0, I = 0, O = 0, H = 0 }) => 2 * B * I * O * 9 * H * H,
    traffic: ({ B = 0, I = 0, O = 0, H = 0 }) => 4 * (B * H * H * (I + O) + 9 * I * O),
    inputs(size) {
      const all = shapes(size);
      const input = (name: keyof typeof all, seed: number) => ({
        shape: all[name],
        data: uniform(
          seed,
          all[name].reduce((a, b) => a * b, 1),
        ),
      });
      return Object.fromEntries(used[part].map((name, i) => [name, input(name, i + 1)]));
    },
    reference(size, inputs) {
      const all = shapes(size);
      const tape = new RefTape();
      const leaf = (name: "x" | "w") => tape.leaf(all[name], inputs[name]?.data ?? new Float64Array(all[name].reduce((a, b) => a * b, 1)));
      const [x, w] = [leaf("x"), leaf("w")];
      const y = conv2d(x, w, CONV);
      if (part === "forward") return { y: y.data };
      tape.backward(y, inputs.dy?.data);
      return part === "input" ? { dx: x.grad } : { dw: w.grad };
    },
  };
}

export const CONV_PARTS: readonly ConvPart[] = ["forward", "input", "weight"];
export const convolutions: readonly BenchCase[] = CONV_PARTS.map(convCase);

/** B, I, O, H of a case's inputs, whichever it has. */
export function convSizes({ B = 0, I = 0, O = 0, H = 0 }: Size): {
  readonly B: number;
  readonly I: number;
  readonly O: number;
  readonly P: number;
} {
  return { B, I, O, P: H * H };
}

/** @throws Error when the case has no such input */
export function inputNamed(inputs: Inputs, name: string) {
  const input = inputs[name];
  if (!input) throw new Error(`the case has no input "${name}"`);
  return input;
}
