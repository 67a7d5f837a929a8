// "nearfar/data": readers of published data sets. Apart from the core, which takes any pixels: an app that has its own images
// pays for no reader.

export { readIdx, readIdxFile } from "../formats/idx.ts";
export { readNpy, writeNpy } from "../formats/npy.ts";
export { cifarFiles, cifarFrom } from "./cifar.ts";
export { httpSource } from "./http_source.ts";
export { mnistFromFiles, type NamedBytes } from "./mnist.ts";
export { fetchMnist } from "./mnist_fetch.ts";
export { ROOMS, type RoomKind, SEGMENTS, type Segment } from "./scenes/classes.ts";
export { blobsSource, filesSource, type Source } from "./source.ts";
export { STL10_FILES, type Stl10Kind, type Stl10Options, stl10From } from "./stl10.ts";
export { DEPTH_RANGE, type ScenesOptions, scenes } from "./views/scenes.ts";
