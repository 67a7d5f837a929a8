import { describe, expect, test } from "vitest";
import { DeviceError, GpuUnavailableError } from "../../src/errors.ts";
import { openGpu } from "../../src/gpu/device.ts";
import { openTestGpu, testGpu } from "../host.ts";

describe("openGpu", () => {
  test("names the adapter and says whether it is a software one", async () => {
    const gpu = await testGpu();
    expect(gpu.name).not.toBe("");
    expect(gpu.name.includes("software")).toBe(gpu.adapter.software);
    if (/swiftshader|llvmpipe/i.test(gpu.name)) expect(gpu.adapter.software).toBe(true);
  });

  test("asks for the adapter's larger limits and its features, and explains a device that is refused", async () => {
    let asked: GPUDeviceDescriptor | undefined;
    const adapter = {
      info: { vendor: "acme", architecture: "", device: "", description: "Fast One" },
      features: new Set(["subgroups", "depth-clip-control"]),
      limits: { maxBufferSize: 2 ** 36, maxStorageBufferBindingSize: 2 ** 31, maxTextureDimension2D: 16384 },
      requestDevice: async (descriptor: GPUDeviceDescriptor) => {
        asked = descriptor;
        throw new Error("out of luck");
      },
    };
    const gpu = { requestAdapter: async () => adapter } as unknown as GPU;
    await expect(openGpu({ gpu })).rejects.toThrow(/requestDevice failed on Fast One \(acme\): Error: out of luck/);
    expect(asked?.requiredLimits).toEqual({ maxBufferSize: 2 ** 36, maxStorageBufferBindingSize: 2 ** 31 });
    expect(asked?.requiredFeatures).toEqual(["subgroups"]);
  });

  test("takes the optional features, leaves out what was refused, and throws when a required one is missing", async () => {
    const offered = (await testGpu()).features;
    const without = await openTestGpu({ features: { subgroups: false, "timestamp-query": false } });
    expect(without.features.has("subgroups")).toBe(false);
    expect(without.features.has("timestamp-query")).toBe(false);
    without.close();
    if (offered.has("subgroups")) {
      const required = await openTestGpu({ features: { subgroups: true } });
      expect(required.features.has("subgroups")).toBe(true);
      required.close();
    }
    await expect(openTestGpu({ features: { "no-such-feature": true } as object })).rejects.toThrow(
      /lacks the required feature no-such-feature/,
    );
  });

  test("explains a missing adapter", async () => {
    const blind = { requestAdapter: async () => null } as unknown as GPU;
    await expect(openGpu({ gpu: blind })).rejects.toThrow(GpuUnavailableError);
    await expect(openGpu({ gpu: blind })).rejects.toThrow(/returned null.*--enable-unsafe-webgpu/);
  });
});

describe("an open device", () => {
  test("turns an uncaptured error into a thrown one, and keeps the first", async () => {
    const gpu = await openTestGpu();
    gpu.check();
    const storage = gpu.device.createBuffer({ label: "not writable", size: 16, usage: 0x80 });
    gpu.device.queue.writeBuffer(storage, 0, new Float32Array(4)); // lacks COPY_DST
    await gpu.device.queue.onSubmittedWorkDone();
    await expect.poll(() => failure(() => gpu.check())).toBeInstanceOf(DeviceError);
    expect(() => gpu.check()).toThrow(/GPUValidationError.*not writable/s);
    gpu.close();
  });

  test("reports a device that was destroyed behind its back as lost", async () => {
    const gpu = await openTestGpu();
    gpu.device.destroy();
    expect((await gpu.lost).reason).toBe("destroyed");
    expect(() => gpu.check()).toThrow(/was lost \(destroyed\)/);
  });

  test("can be closed twice and says so when used afterwards", async () => {
    const gpu = await openTestGpu();
    gpu.close();
    gpu.close();
    await gpu.lost;
    expect(() => gpu.check()).toThrow(/was closed/);
  });
});

function failure(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
