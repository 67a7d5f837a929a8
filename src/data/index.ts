// "nearfar/data": readers of published data sets. Apart from the core, which takes any pixels: an app that has its own images
// pays for no reader.

export { readIdx, readIdxFile } from "../formats/idx.ts";
export { readNpy, writeNpy } from "../formats/npy.ts";
export { readWav, type Wav, type WavInfo } from "../formats/wav.ts";
export type { ArrayElement, ArrayFile, ArrayInfo } from "./array_file.ts";
export { bitmapDecoder } from "./bitmap_decoder.ts";
export { cifarFiles, cifarFrom } from "./cifar.ts";
export type { DecodedImage, DecoderOptions, ImageDecoder } from "./decoded.ts";
export { type DirectoryHandle, directorySource } from "./directory_source.ts";
export { httpSource } from "./http_source.ts";
export { type BadFile, type ImageFolder, type ImageFolderOptions, imageFolderFrom } from "./image_folder.ts";
export { librispeechFrom } from "./librispeech.ts";
export { mnistFromFiles, type NamedBytes } from "./mnist.ts";
export { fetchMnist } from "./mnist_fetch.ts";
export { type Camera, normalsOf } from "./normals.ts";
export { NPY_FILES, type NpyLayout, type NpyOptions, npyFrom } from "./npy.ts";
export { type NyuOptions, nyuFrom } from "./nyu.ts";
export { type NyuSplit, readNyuSplit } from "./nyu_split.ts";
export { type PatchOptions, patchDataset } from "./patches.ts";
export { resample } from "./resample.ts";
export { type Fit, fitImage } from "./resize.ts";
export {
  labelsOf,
  lazySound,
  type SoundDataset,
  type SoundHead,
  type SoundLabels,
  type SoundParts,
  type SoundTrainTest,
  soundDataset,
  subsetOfSound,
} from "./sound.ts";
export type { FlacDecoder } from "./sound_file.ts";
export { type SoundClipOptions, type SoundFolderOptions, soundFolderFrom } from "./sound_folder.ts";
export { blobsSource, filesSource, type Source } from "./source.ts";
export { STL10_FILES, type Stl10Kind, type Stl10Options, stl10From } from "./stl10.ts";
