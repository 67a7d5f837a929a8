import { l2norm } from "../../ops/l2norm.ts";
import { type Layer, sequential } from "../layer.ts";
import { batchNormLayer, linearLayer } from "../layers.ts";
import type { Parameters } from "../parameters.ts";

/**
 * How features become unit rows. `plain`: linear, then L2 norm (the papers). `standardised`: a batch norm without affine part
 * between the two. On small data NCE needs it: its scores are absolute, so without it all features drift into one common direction.
 */
export type Head = "standardised" | "plain";
export const HEADS: readonly Head[] = ["plain", "standardised"];

/** [B, inputs] -> unit rows [B, dim]. `NAME.weight`, and `NAME.bias` (plain) or `NAME_norm.running_mean`, ... (standardised). */
export function projectionHead(parameters: Parameters, name: string, inputs: number, dim: number, head: Head): Layer {
  const project = linearLayer(parameters, name, inputs, dim, { bias: head === "plain" });
  if (head === "plain") return sequential(project, l2norm);
  return sequential(project, batchNormLayer(parameters, `${name}_norm`, dim, { affine: false }), l2norm);
}
