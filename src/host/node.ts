import { createRequire } from "node:module";
import { GpuUnavailableError } from "../errors.ts";
import { type Gpu, type GpuOptions, openGpu } from "../gpu/device.ts";
import { equip } from "../tuning/equip.ts";
import { choicesFor, DEFAULTS } from "../tuning/record.ts";
import { hasGpuDriver } from "./drivers.ts";
import { waitGently } from "./patience.ts";
import { loadLibrary, softwareDriver } from "./software.ts";
import { keptTunings } from "./tuning_cache.ts";

export { nodeFlacDecoder } from "./flac.ts";
export { openHdf5 } from "./hdf5.ts";
export { nodeImageDecoder } from "./image_decoder.ts";
export { readNyu } from "./nyu.ts";
export { loadSound } from "./sound.ts";
export { folderSource, openSource } from "./sources.ts";

/** The part of the `webgpu` package that is used: Dawn's entry point. */
interface Dawn {
  create(options: string[]): GPU;
}

/** Environment variables that name the Vulkan driver; a user who set one of them has chosen. */
const DRIVER_VARIABLES = ["VK_ICD_FILENAMES", "VK_DRIVER_FILES"] as const;

export interface NodeGpuOptions extends Omit<GpuOptions, "gpu"> {
  /** true: SwiftShader even where there is a GPU (repeatable everywhere). Default: a real GPU when there is one. */
  readonly software?: boolean | undefined;
  /** Whether variants of kernels are chosen by what `nearfar tune` has measured here; false: by fixed defaults. Default true. */
  readonly tuned?: boolean | undefined;
}

/**
 * Opens a device in Node through Dawn (the optional peer `webgpu`): a real GPU when a driver offers one, else SwiftShader from
 * `@sparticuz/chromium`. A driver named in VK_ICD_FILENAMES or VK_DRIVER_FILES is used as it is. Close the result when done.
 * @throws GpuUnavailableError when a package is missing, or no adapter answers.
 */
export async function openNodeGpu(options: NodeGpuOptions = {}): Promise<Gpu> {
  const { tuned = true, ...rest } = options;
  const gpu = await open(await loadDawn(), rest);
  if (gpu.adapter.software) waitGently(gpu.device);
  return equip(gpu, tuned ? choicesFor(await keptTunings(), gpu, "dawn", `webgpu ${dawnVersion()}`) : DEFAULTS);
}

/** Version of the package "webgpu". */
export const dawnVersion = (): string => String(createRequire(import.meta.url)("webgpu/package.json").version);

async function open(dawn: Dawn, { software, ...rest }: Omit<NodeGpuOptions, "tuned">): Promise<Gpu> {
  const chosen = DRIVER_VARIABLES.some((name) => process.env[name]);
  if (chosen && !software) {
    await provideLoader();
    return openGpu({ ...rest, gpu: createGpu(dawn) });
  }
  if (!software) {
    const gpu = await hardware(dawn, rest.powerPreference);
    if (gpu) return openGpu({ ...rest, gpu });
  }
  return withSwiftShader(() => openGpu({ ...rest, gpu: createGpu(dawn) }));
}

/** Dawn on the machine's own drivers, or undefined when they offer nothing but the CPU. */
async function hardware(dawn: Dawn, powerPreference: GPUPowerPreference = "high-performance"): Promise<GPU | undefined> {
  if (!hasGpuDriver()) return undefined;
  await provideLoader();
  const gpu = createGpu(dawn);
  const adapter = await gpu.requestAdapter({ powerPreference });
  if (!adapter || adapter.info.isFallbackAdapter) return undefined;
  return /llvmpipe|swiftshader/i.test(adapter.info.description) ? undefined : gpu;
}

async function withSwiftShader(open: () => Promise<Gpu>): Promise<Gpu> {
  const { manifest } = await softwareDriver();
  await provideLoader();
  const before = DRIVER_VARIABLES.map((name) => [name, process.env[name]] as const);
  for (const name of DRIVER_VARIABLES) process.env[name] = manifest;
  try {
    return await open();
  } finally {
    // The loader reads them while the adapter is looked for; child processes must not inherit our choice.
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** Dawn opens "libvulkan.so.1" by name. Where the system has none, the one that Chromium ships answers to that name once loaded. */
async function provideLoader(): Promise<void> {
  if (process.platform !== "linux" || loadLibrary("libvulkan.so.1")) return;
  const { loader } = await softwareDriver();
  if (!loadLibrary(loader)) throw new GpuUnavailableError(`The Vulkan loader ${loader} cannot be loaded.`);
}

function createGpu(dawn: Dawn): GPU {
  // Timestamps are rounded to 100 microseconds by default, a defence that web pages need and a process does not.
  return dawn.create(["disable-dawn-features=timestamp_quantization"]);
}

async function loadDawn(): Promise<Dawn> {
  try {
    return (await import("webgpu")) as Dawn;
  } catch (cause) {
    throw new GpuUnavailableError('WebGPU in Node needs the package "webgpu" (Dawn). Install it: npm i webgpu', { cause });
  }
}
