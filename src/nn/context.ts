import { add } from "../ops/add.ts";
import { swapAxes } from "../ops/frame.ts";
import { relu } from "../ops/relu.ts";
import { checkChoice } from "../options.ts";
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
 */
export function pixelContext(
  parameters: Parameters,
  name: string,
  inputs: number,
  units: number,
  { layers = 3, first = "A" }: { readonly layers?: number; readonly first?: "A" | "B" } = {},
): Layer {
  const start = maskedConvLayer(parameters, `${name}.0`, inputs, units, { kernel: 3, mask: first });
  const more = Array.from({ length: layers - 1 }, (_, i): Layer => {
    const conv = maskedConvLayer(parameters, `${name}.${i + 1}`, units, units, { kernel: 3, mask: "B" });
    return (tape, x) => add(tape, x, conv(tape, relu(tape, x)));
  });
  return sequential(start, ...more);
}
