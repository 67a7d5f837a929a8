import { DeviceError } from "../errors.ts";
import type { Gpu } from "./device.ts";

/** A lost device rejects what is pending before it says that it is lost; it does so within this time. */
const PATIENCE_MS = 500;

/**
 * Waits for something that the device promised. @throws DeviceError, never a bare DOMException, when it broke its promise: saying
 * that the device was lost if it was.
 */
export async function answer<T>(gpu: Gpu, promise: Promise<T>, what: string): Promise<T> {
  try {
    return await promise;
  } catch (cause) {
    await Promise.race([gpu.lost, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
    gpu.check();
    throw new DeviceError(`${what} failed on ${gpu.name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
