import type { Gpu, GpuOptions } from "../src/gpu/device.ts";

const inNode = typeof process !== "undefined" && process.versions?.node !== undefined;
let shared: Promise<Gpu> | undefined;

/** The device of this test file: Dawn in Node, the page's own in Chrome. No device is a failure, never a skip. */
export function testGpu(): Promise<Gpu> {
  shared ??= openTestGpu();
  return shared;
}

/** A second device, for tests that break theirs. The caller closes it. */
export async function openTestGpu(options: Omit<GpuOptions, "gpu"> = {}): Promise<Gpu> {
  if (!inNode) {
    const { equip } = await import("../src/tuning/equip.ts");
    return equip(await (await import("../src/gpu/device.ts")).openGpu(options));
  }
  // Vite must not follow this import into the browser bundle.
  const node = "../src/host/node.ts";
  return (await import(/* @vite-ignore */ node)).openNodeGpu({ ...options, tuned: false }); // what this machine's user has measured is no part of a test
}

/** The same device, said to have other limits than it has: smaller bindings shard a small bank. */
export function withLimits(gpu: Gpu, limits: Partial<Record<keyof GPUSupportedLimits, number>>): Gpu {
  const { device, adapter, name, features, lost, pipelines, variants } = gpu;
  const { maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage } = gpu.limits;
  const known = { maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage, ...limits };
  const rest: Pick<Gpu, "measured" | "check" | "close"> = {
    measured: (figure, measure) => gpu.measured(figure, measure),
    check: () => gpu.check(),
    close: () => gpu.close(),
  };
  return { device, adapter, name, features, lost, pipelines, variants, limits: known as unknown as GPUSupportedLimits, ...rest };
}

/** The device if a test has asked for it. */
export async function sharedGpu(): Promise<Gpu | undefined> {
  return shared;
}

/** Called by test/setup.gpu.ts after every file. */
export async function closeTestGpu(): Promise<void> {
  const gpu = await shared?.catch(() => undefined);
  shared = undefined;
  gpu?.close();
}
