// "nearfar/encoders": networks from images to unit rows, for steps of your own. `train` loads the one that a config names by itself.

export type { Encoder } from "../encoder.ts";
export { type ConvNetConfig, convNet } from "./conv_net.ts";
export { type Head, projectionHead } from "./head.ts";
export { type ResNet18Config, resNet18 } from "./resnet.ts";
