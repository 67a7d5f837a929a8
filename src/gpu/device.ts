import { DeviceError, GpuUnavailableError } from "../errors.ts";
import { hostGpu, noAdapter } from "./environment.ts";
import { Pipelines } from "./pipelines.ts";
import type { VariantTable } from "./variants.ts";

/** Taken wherever the adapter offers them, unless `GpuOptions.features` says otherwise. */
const WANTED_FEATURES = ["timestamp-query", "subgroups", "shader-f16"] as const;

/** The limits that compute kernels meet. Each is raised from WebGPU's default to what the adapter offers. */
const RAISED_LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxUniformBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxBindingsPerBindGroup",
  "maxDynamicStorageBuffersPerPipelineLayout",
  "maxDynamicUniformBuffersPerPipelineLayout",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupsPerDimension",
] as const;

export interface GpuOptions {
  /** The WebGPU entry point. Default: `navigator.gpu`. */
  readonly gpu?: GPU | undefined;
  /** Which of several adapters. Default: "high-performance". */
  readonly powerPreference?: GPUPowerPreference | undefined;
  /** Per feature: true requires it, false leaves it out; features not named here are taken where offered. */
  readonly features?: { readonly [name in GPUFeatureName]?: boolean } | undefined;
}

/** What the adapter says of itself. Browsers may leave strings empty. */
export interface AdapterIdentity {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** Runs on the CPU (SwiftShader, lavapipe, WARP): correct, but 10 to 1000 times slower than a GPU. */
  readonly software: boolean;
  /** Lanes of a subgroup, smallest and largest; 0 when the adapter does not say. */
  readonly subgroupMinSize: number;
  readonly subgroupMaxSize: number;
}

/** An open device with everything the runtime needs to know about it. One per run; close it when done. */
export interface Gpu {
  readonly device: GPUDevice;
  readonly adapter: AdapterIdentity;
  /** One line for reports: "SwiftShader Device (Subzero) (google, software)". */
  readonly name: string;
  readonly features: ReadonlySet<string>;
  readonly limits: GPUSupportedLimits;
  /** Settles when the device is gone, `close()` included (reason "destroyed"). */
  readonly lost: Promise<GPUDeviceLostInfo>;
  /** Kernels compiled so far, shared by all plans of this device. */
  readonly pipelines: Pipelines;
  /** Which variants of kernels plans are recorded with, see variants.ts. A fresh device has the general ones; `equip` gives it the others. */
  readonly variants: VariantTable;
  /** A figure measured on this device (peak, bandwidth): measured at the first call, remembered by name. */
  measured(name: string, measure: (gpu: Gpu) => Promise<number>): Promise<number>;
  /** @throws DeviceError when an error that no caller waited for was reported, or when the device was lost or closed. */
  check(): void;
  /** Destroys the device and frees its memory. Safe to call twice. */
  close(): void;
}

/**
 * Opens the adapter with its larger limits and the features that kernels can use.
 * @throws GpuUnavailableError when there is no WebGPU, no adapter, no device, or a required feature is not offered.
 */
export async function openGpu(options: GpuOptions = {}): Promise<Gpu> {
  const gpu = options.gpu ?? hostGpu();
  const adapter = await gpu.requestAdapter({ powerPreference: options.powerPreference ?? "high-performance" });
  if (!adapter) throw noAdapter();
  const requiredFeatures = chooseFeatures(adapter, options.features ?? {});
  const requiredLimits = Object.fromEntries(
    RAISED_LIMITS.filter((l) => adapter.limits[l] !== undefined).map((l) => [l, adapter.limits[l]]),
  );
  try {
    const device = await adapter.requestDevice({ label: "nearfar", requiredFeatures, requiredLimits });
    return new OpenGpu(gpu, adapter, device);
  } catch (cause) {
    throw new GpuUnavailableError(`requestDevice failed on ${describe(identify(adapter.info))}: ${cause}`, { cause });
  }
}

function chooseFeatures(adapter: GPUAdapter, wishes: NonNullable<GpuOptions["features"]>): GPUFeatureName[] {
  const required = (Object.keys(wishes) as GPUFeatureName[]).filter((f) => wishes[f]);
  const missing = required.filter((f) => !adapter.features.has(f));
  if (missing.length > 0) {
    const offered = [...adapter.features].join(", ");
    throw new GpuUnavailableError(
      `${describe(identify(adapter.info))} lacks the required feature ${missing.join(", ")}. It offers: ${offered}.`,
    );
  }
  const wanted = WANTED_FEATURES.filter((f) => wishes[f] === undefined && adapter.features.has(f));
  return [...required, ...wanted];
}

function identify(info: GPUAdapterInfo): AdapterIdentity {
  const { vendor, architecture, device, description } = info;
  const named = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i.test(
    `${vendor} ${architecture} ${device} ${description}`,
  );
  return {
    vendor,
    architecture,
    device,
    description,
    software: named || info.isFallbackAdapter === true,
    subgroupMinSize: info.subgroupMinSize ?? 0,
    subgroupMaxSize: info.subgroupMaxSize ?? 0,
  };
}

function describe(adapter: AdapterIdentity): string {
  const title = adapter.description || adapter.device || adapter.architecture || "unnamed adapter";
  const notes = [adapter.vendor, title === adapter.architecture ? "" : adapter.architecture, adapter.software ? "software" : ""];
  const said = notes.filter((note) => note !== "" && !title.toLowerCase().includes(note.toLowerCase()));
  return said.length > 0 ? `${title} (${said.join(", ")})` : title;
}

class OpenGpu implements Gpu {
  readonly adapter: AdapterIdentity;
  readonly name: string;
  readonly features: ReadonlySet<string>;
  readonly limits: GPUSupportedLimits;
  readonly lost: Promise<GPUDeviceLostInfo>;
  readonly pipelines: Pipelines;
  readonly variants: VariantTable = { offers: [], choices: {}, origin: "general" };
  readonly #measured = new Map<string, Promise<number>>();
  #failure: string | undefined;
  #closed = false;

  constructor(
    // Held on purpose: Dawn in Node crashes when its instance or adapter is collected before the device.
    readonly source: GPU,
    readonly origin: GPUAdapter,
    readonly device: GPUDevice,
  ) {
    this.adapter = identify(origin.info);
    this.name = describe(this.adapter);
    this.features = new Set(device.features);
    this.limits = device.limits;
    this.pipelines = new Pipelines(device);
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      // The first error is the cause; those that follow are its echo.
      this.#failure ??= `${event.error.constructor.name}: ${event.error.message}`;
    });
    this.lost = device.lost.then((info) => {
      if (!this.#closed) this.#failure ??= `the device was lost (${info.reason}): ${info.message}`;
      return info;
    });
  }

  measured(name: string, measure: (gpu: Gpu) => Promise<number>): Promise<number> {
    const figure = this.#measured.get(name) ?? measure(this);
    this.#measured.set(name, figure);
    return figure;
  }

  check(): void {
    if (this.#failure !== undefined) throw new DeviceError(`${this.name}: ${this.#failure}`);
    if (this.#closed) throw new DeviceError(`${this.name}: the device was closed`);
  }

  close(): void {
    this.#closed = true;
    this.device.destroy();
  }
}
