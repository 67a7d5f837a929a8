import { afterEach, expect, test, vi } from "vitest";
import { GpuUnavailableError } from "../../src/errors.ts";
import { openGpu } from "../../src/gpu/device.ts";

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["a host without navigator", { navigator: undefined }, /no `navigator`.*install the package "webgpu"/],
  ["a browser without WebGPU", { navigator: {} }, /`navigator\.gpu` does not exist.*Chrome and Edge 113\+/],
  ["a page over plain http", { navigator: {}, isSecureContext: false }, /not a secure context.*https:\/\//],
])("openGpu explains %s", async (_, globals, message) => {
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
  await expect(openGpu()).rejects.toThrow(GpuUnavailableError);
  await expect(openGpu()).rejects.toThrow(message);
});
