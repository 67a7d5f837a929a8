// The safetensors format (https://huggingface.co/docs/safetensors): an 8-byte little-endian header length, a JSON header, the data.
export { readSafetensors, type SafetensorsFile, type SafetensorsOptions, takeTensor } from "./safetensors_read.ts";
export type { SafeArray, SafeDtype, SafeTensor } from "./safetensors_types.ts";
export { type Metadata, safetensorsChunks, writeSafetensors } from "./safetensors_write.ts";
