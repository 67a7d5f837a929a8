// The core entry: everything that trains in a page, a worker or Node, with no runtime dependency and no file system.
// Objectives and encoders that a run names are loaded on demand; to build with them by hand there are "nearfar/objectives" and
// "nearfar/encoders", to measure with "nearfar/evaluate". Node's host is "nearfar/node", readers of published data sets are "nearfar/data".
export { Tape } from "./autograd.ts";
export { MemoryBank, type MemoryBankOptions } from "./bank/memory_bank.ts";
export { type ImageDataset, imageDataset, subset } from "./data/images.ts";
export { Loader } from "./data/loader.ts";
export type { TrainTest } from "./data/mnist.ts";
export { makeResident, type ResidentImages } from "./data/views/resident.ts";
export { evaluationView, makeView, type ViewConfig } from "./data/views/view.ts";
export * from "./errors.ts";
export { readSafetensors, writeSafetensors } from "./formats/safetensors.ts";
export { type AdapterIdentity, type Gpu, type GpuOptions, openGpu } from "./gpu/device.ts";
export type { MemoryReport } from "./gpu/memory.ts";
export { Plan } from "./gpu/plan.ts";
export { Store } from "./gpu/store.ts";
export type { Encoder } from "./nn/encoder.ts";
export { type ConvNetConfig, convNet } from "./nn/encoders/conv_net.ts";
export { type Layer, sequential } from "./nn/layer.ts";
export { batchNormLayer, conv2dLayer, linearLayer } from "./nn/layers.ts";
export { Parameters } from "./nn/parameters.ts";
export { InstDisc, type InstDiscOptions } from "./objectives/instdisc.ts";
export type { Batch, Objective, ObjectiveStep } from "./objectives/objective.ts";
export { type BankContrast, type ContrastOptions, contrastBank } from "./ops/contrast_bank.ts";
export { conv2d } from "./ops/conv2d.ts";
export { crossEntropy } from "./ops/cross_entropy.ts";
export { l2norm } from "./ops/l2norm.ts";
export { linear, matmul } from "./ops/matmul.ts";
export { relu } from "./ops/relu.ts";
export { openTape } from "./ops/tape.ts";
export { type ScheduleConfig, schedule } from "./optim/schedule.ts";
export { Sgd, type SgdConfig } from "./optim/sgd.ts";
export { Tensor } from "./tensor.ts";
export { resolveConfig, type TrainConfig, type TrainOptions } from "./train/config.ts";
export type { TrainEvent } from "./train/events.ts";
export type { RunFolder } from "./train/folder.ts";
export { MemoryFolder } from "./train/memory_folder.ts";
export { Interrupted, type TrainHost, type TrainResult, train } from "./train/train.ts";
export { VERSION } from "./version.ts";
