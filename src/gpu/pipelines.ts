import { DeviceError } from "../errors.ts";
import type { KernelSpec } from "./kernel.ts";

export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** Compiled kernels of one device, by kernel and override values: plans share them, and nothing is compiled twice. */
export class Pipelines {
  readonly #compiled = new Map<string, Promise<Pipeline>>();

  constructor(private readonly device: GPUDevice) {}

  /** Starts compiling at once and off the main thread. Rejects with the compiler's messages as `file:line:column`. */
  get(kernel: KernelSpec, overrides: { readonly [name: string]: number }): Promise<Pipeline> {
    const key = `${kernel.file} ${JSON.stringify(Object.entries(overrides).sort())}`;
    const known = this.#compiled.get(key);
    if (known) return known;
    const compiling = this.#compile(kernel, overrides);
    this.#compiled.set(key, compiling);
    return compiling;
  }

  async #compile(kernel: KernelSpec, constants: { readonly [name: string]: number }): Promise<Pipeline> {
    const { device } = this;
    const module = device.createShaderModule({ label: kernel.name, code: kernel.code });
    const layout = device.createBindGroupLayout({ label: kernel.name, entries: layoutEntries(kernel) });
    try {
      const pipeline = await device.createComputePipelineAsync({
        label: kernel.name,
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint: "main", constants },
      });
      return { pipeline, layout };
    } catch (cause) {
      const { messages } = await module.getCompilationInfo();
      const lines = messages.map((m) => `\n  ${kernel.file}:${m.lineNum}:${m.linePos}: ${m.message}`);
      throw new DeviceError(`${kernel.name} ${JSON.stringify(constants)} does not compile: ${cause}${lines.join("")}`, { cause });
    }
  }
}

function layoutEntries(kernel: KernelSpec): GPUBindGroupLayoutEntry[] {
  const visibility = 0x4; // COMPUTE
  const uniforms = [kernel.paramsBinding, ...(kernel.stepBinding === null ? [] : [kernel.stepBinding])];
  return [
    ...uniforms.map((binding): GPUBindGroupLayoutEntry => ({ binding, visibility, buffer: { type: "uniform" } })),
    ...Object.values(kernel.bindings).map(({ binding, access }): GPUBindGroupLayoutEntry => {
      return { binding, visibility, buffer: { type: access === "read" ? "read-only-storage" : "storage" } };
    }),
  ];
}
