// The core entry: everything that trains in a page, a worker or Node, with no runtime dependency and no file system.
// Node's host is "nearfar/node".
export * from "./errors.ts";
export { type AdapterIdentity, type Gpu, type GpuOptions, openGpu } from "./gpu/device.ts";
