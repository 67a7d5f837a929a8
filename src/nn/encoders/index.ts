// "nearfar/encoders": networks from images to unit rows, from sound to latents, and contexts over latents, for steps of your own. `train` loads the one that a config names by itself.

export { contextLayer, gridContext, pixelContext } from "../context.ts";
export type { Encoder } from "../encoder.ts";
export { gruLayer, lstmLayer } from "../recurrent.ts";
export { audioEncoder, audioFrames } from "./audio.ts";
export { type ConvNetConfig, convNet } from "./conv_net.ts";
export { type Head, projectionHead } from "./head.ts";
export { type PatchEncoder, type PatchNetConfig, patchNet } from "./patch_net.ts";
export { type ResNet18Config, resNet18 } from "./resnet.ts";
export { type Sequences, type SoundEncoder, type SoundEncoderConfig, soundEncoder } from "./sound.ts";
