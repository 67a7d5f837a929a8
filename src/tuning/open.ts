import { type Gpu, type GpuOptions, openGpu as openDevice } from "../gpu/device.ts";
import type { TuneRow } from "../gpu/tune.ts";

/**
 * Opens the adapter of this page or worker with its larger limits, the features that kernels can use, and the variants of kernels that suit
 * it: as `tuneGpu` has measured here, else by fixed defaults.
 * @throws GpuUnavailableError when there is no WebGPU, no adapter, no device, or a required feature is not offered
 */
export async function openGpu(options: GpuOptions = {}): Promise<Gpu> {
  const gpu = await openDevice(options);
  const { equipPage } = await import("./page.ts");
  return equipPage(gpu);
}

/** Measures the variants of kernels, a second or two, and remembers the winners (IndexedDB). @returns the device to go on with */
export async function tuneGpu(gpu: Gpu): Promise<{ readonly gpu: Gpu; readonly rows: readonly TuneRow[] }> {
  const { tunePage } = await import("./page.ts");
  return tunePage(gpu);
}
