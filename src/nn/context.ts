import type { Tape } from "../autograd.ts";
import { add } from "../ops/add.ts";
import { swapAxes } from "../ops/frame.ts";
import type { TapMask } from "../ops/mask_taps.ts";
import { relu } from "../ops/relu.ts";
import { reshape } from "../ops/reshape.ts";
import { checkChoice } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import { type Layer, sequential } from "./layer.ts";
import type { Parameters } from "./parameters.ts";
import { gruLayer, lstmLayer } from "./recurrent.ts";
import { causalConvLayer, maskedConvLayer } from "./sequence_layers.ts";

/** How the frames so far become a context. */
export type ContextKind = "gru" | "lstm" | "conv";
export const CONTEXTS: readonly ContextKind[] = ["gru", "lstm", "conv"];

/**
 * Latents [B, T, inputs] -> contexts [B, T, units], the context at t made of the frames up to t: torch.nn.GRU or LSTM of one layer, or
 * `conv`: `layers` causal convolutions of three taps whose reach doubles from layer to layer (15 frames with three), beside an identity.
 * @throws UsageError on another kind
 */
export function contextLayer(
  parameters: Parameters,
  name: string,
  kind: ContextKind,
  inputs: number,
  units: number,
  { layers = 3 }: { readonly layers?: number } = {},
): Layer {
  checkChoice("context", kind, CONTEXTS);
  if (kind === "gru") return gruLayer(parameters, name, inputs, units);
  if (kind === "lstm") {
    const lstm = lstmLayer(parameters, name, inputs, units);
    return (tape, x) => lstm(tape, x).y;
  }
  const first = causalConvLayer(parameters, `${name}.0`, inputs, units, { kernel: 3 });
  const more = Array.from({ length: layers - 1 }, (_, i): Layer => {
    const conv = causalConvLayer(parameters, `${name}.${i + 1}`, units, units, { kernel: 3, dilation: 2 ** (i + 1) });
    return (tape, x) => add(tape, x, conv(tape, relu(tape, x)));
  });
  return sequential(swapAxes, first, ...more, swapAxes); // channels first within
}

/**
 * Grid of latents [B, inputs, H, W] -> contexts [B, units, H, W], each made of the rows above and of what lies left of it in its row:
 * PixelCNN. With mask `A` in the first layer (default) a context leaves its own latent out; `layers` - 1 residual layers of mask B follow.
 * `rows` in the first layer, and then in all: the rows above and its own row, whole.
 */
export function pixelContext(
  parameters: Parameters,
  name: string,
  inputs: number,
  units: number,
  { layers = 3, first = "A" }: { readonly layers?: number; readonly first?: TapMask } = {},
): Layer {
  const start = maskedConvLayer(parameters, `${name}.0`, inputs, units, { kernel: 3, mask: first });
  const more = Array.from({ length: layers - 1 }, (_, i): Layer => {
    const conv = maskedConvLayer(parameters, `${name}.${i + 1}`, units, units, { kernel: 3, mask: first === "rows" ? "rows" : "B" });
    return (tape, x) => add(tape, x, conv(tape, relu(tape, x)));
  });
  return sequential(start, ...more);
}

/** How the patches of an image so far become a context. */
export type GridContextKind = "pixel" | "rows" | "gru";
export const GRID_CONTEXTS: readonly GridContextKind[] = ["pixel", "rows", "gru"];

/** A grid of rows and columns in reading order, and the layers of a convolutional context over it. */
export interface GridContextOptions {
  readonly rows: number;
  readonly columns: number;
  /** Default 3. */
  readonly layers?: number;
}

/**
 * Latents [B, rows * columns, inputs] of a grid -> contexts [B, rows * columns, units], none made of a row below its own: `pixel`, PixelCNN
 * with its own latent seen; `rows`, the same with all of its own row; `gru`, a GRU down every column, which sees nothing beside it.
 * @throws UsageError on another kind
 */
export function gridContext(
  parameters: Parameters,
  name: string,
  kind: GridContextKind,
  inputs: number,
  units: number,
  { rows, columns, layers = 3 }: GridContextOptions,
): Layer {
  checkChoice("context", kind, GRID_CONTEXTS);
  if (kind === "gru") return downColumns(gruLayer(parameters, name, inputs, units), rows, columns);
  const maps = pixelContext(parameters, name, inputs, units, { layers, first: kind === "rows" ? "rows" : "B" });
  return (tape, x) => {
    const [B = 0] = x.shape;
    const y = maps(tape, reshape(tape, swapAxes(tape, x), [B, inputs, rows, columns]));
    return swapAxes(tape, reshape(tape, y, [B, units, rows * columns]));
  };
}

/** A layer over sequences [N, T, inputs] that takes every column of a grid for one. */
function downColumns(layer: Layer, rows: number, columns: number): Layer {
  const turned = (tape: Tape, x: Tensor, from: number, to: number): Tensor => {
    const [B = 0, , D = 0] = x.shape; // [B, from * to, D] -> [B, to * from, D]
    const planes = reshape(tape, swapAxes(tape, x), [B * D, from, to]);
    return swapAxes(tape, reshape(tape, swapAxes(tape, planes), [B, D, to * from]));
  };
  return (tape, x) => {
    const [B = 0, , D = 0] = x.shape;
    const y = layer(tape, reshape(tape, turned(tape, x, rows, columns), [B * columns, rows, D]));
    return turned(tape, reshape(tape, y, [B, columns * rows, y.shape[2] ?? 0]), columns, rows);
  };
}
