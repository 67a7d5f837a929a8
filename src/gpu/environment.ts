import { GpuUnavailableError } from "../errors.ts";

const WHERE =
  "WebGPU is on by default in Chrome and Edge 113+ (Windows, macOS, ChromeOS; Android 121+), Safari 26+ and Firefox 141+ (Windows). " +
  "On Linux start Chrome with --enable-unsafe-webgpu --enable-features=Vulkan; without a GPU add --use-webgpu-adapter=swiftshader. " +
  'In Node install the package "webgpu" (Dawn) and use openNodeGpu() from "nearfar/node".';

/** The `GPU` of this page, worker or host. @throws GpuUnavailableError that says why there is none and where there is one. */
export function hostGpu(): GPU {
  const gpu = globalThis.navigator?.gpu;
  if (gpu) return gpu;
  throw new GpuUnavailableError(`WebGPU is not available: ${whyNoGpu()}. ${WHERE}`);
}

function whyNoGpu(): string {
  if (globalThis.isSecureContext === false) return "this page is not a secure context (serve it over https:// or from localhost)";
  if (globalThis.navigator === undefined) return "this host has no `navigator`";
  return "`navigator.gpu` does not exist in this browser or host";
}

/** `requestAdapter` gave null: WebGPU is there, but no driver answers. */
export function noAdapter(): GpuUnavailableError {
  return new GpuUnavailableError(
    "WebGPU is available, but requestAdapter() returned null: no driver offers an adapter, the GPU is on the browser's blocklist " +
      `(see chrome://gpu), or it was lost twice on this page (reload it). ${WHERE}`,
  );
}
