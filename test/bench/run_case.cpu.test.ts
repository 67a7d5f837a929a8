import { expect, test } from "vitest";
import type { BenchCase, Contender } from "../../bench/contract.ts";
import { Counters, type GpuClasses } from "../../bench/counters.ts";
import { runCase } from "../../bench/run/run_case.ts";

/** A device that only counts. */
function fakeClasses() {
  class GPUDevice {
    readonly features = new Set<string>();
    createBuffer({ size }: { size: number }) {
      return Object.assign(new GPUBuffer(), { size });
    }
    createBindGroup() {
      return {};
    }
    createCommandEncoder() {
      return new GPUCommandEncoder();
    }
    createComputePipeline() {}
    async createComputePipelineAsync() {}
  }
  class GPUBuffer {
    destroy() {}
  }
  class GPUQueue {
    submit() {}
    writeBuffer() {}
  }
  class GPUCommandEncoder {
    beginComputePass() {
      return new GPUComputePassEncoder();
    }
  }
  class GPUComputePassEncoder {
    dispatchWorkgroups() {}
    dispatchWorkgroupsIndirect() {}
  }
  return { GPUDevice, GPUBuffer, GPUQueue, GPUCommandEncoder, GPUComputePassEncoder };
}

const bench: BenchCase = {
  name: "double",
  title: "Twice the input",
  sizes: [],
  flops: ({ N = 0 }) => N,
  traffic: ({ N = 0 }) => 8 * N,
  largest: ({ N = 0 }, variant) => (variant === "tfjs-webgpu" ? 1e9 : 4 * N),
  inputs: ({ N = 0 }) => ({ x: { shape: [N], data: new Float32Array(N).fill(3) } }),
  reference: ({ N = 0 }) => ({ y: new Float64Array(N).fill(6) }),
};

type Classes = ReturnType<typeof fakeClasses>;

function contender(variant: Contender["variant"], classes: Classes, more: { value?: number; breaksAt?: number } = {}): Contender {
  const device = new classes.GPUDevice();
  const queue = new classes.GPUQueue();
  return {
    variant,
    form: "best",
    async prepare({ N = 0 }) {
      const kept = device.createBuffer({ size: 4 * N });
      let steps = 0;
      return {
        async step() {
          if (steps++ === more.breaksAt) throw new Error("device lost\nat a place");
          const passing = device.createBuffer({ size: 100 });
          const pass = device.createCommandEncoder().beginComputePass();
          pass.dispatchWorkgroups();
          pass.dispatchWorkgroups();
          queue.submit();
          passing.destroy();
        },
        results: async () => ({ y: new Float32Array(N).fill(more.value ?? 6) }),
        close: () => kept.destroy(),
      };
    },
  };
}

test("contenders are checked, counted and timed; who is wrong, breaks or does not fit is a row that says so", async () => {
  const classes = fakeClasses();
  const counters = Counters.install(classes as unknown as GpuClasses);
  const contenders = [
    contender("ours", classes),
    contender("tfjs-webgpu", classes),
    contender("jax-js-webgpu", classes, { value: 6.5 }),
    contender("jax-js-wasm", classes, { breaksAt: 0 }),
    contender("tfjs-wasm", classes, { breaksAt: 3 }),
  ];
  const rows = await runCase(bench, { N: 10 }, contenders, counters, { seconds: 0, largest: 1e6 });
  expect(rows.map(({ variant, error }) => [variant, error])).toEqual([
    ["ours", null],
    ["tfjs-webgpu", "skipped: needs a buffer of 1000000000 bytes, the adapter allows 1000000"],
    ["jax-js-webgpu", "wrong: y is off by 8.3e-2 (allowed 0.0001)"],
    ["jax-js-wasm", "device lost"],
    ["tfjs-wasm", "device lost"],
  ]);
  expect(rows[0]).toMatchObject({ launches: 2, submits: 1, buffers: 1, bytes: 140, rounds: 3, worst: 0 });
  expect(rows[0]?.gflops).toBeGreaterThan(0);
  expect(rows[4]).toMatchObject({ median_ms: null, gpu_ms: null });
  expect(counters.live).toBe(0); // everybody was closed, those who broke too
});

test("nobody generates inputs for a case that fits nobody", async () => {
  const classes = fakeClasses();
  const counters = Counters.install(classes as unknown as GpuClasses);
  const never = { ...bench, inputs: () => expect.unreachable("inputs were made") };
  const [row] = await runCase(never, { N: 1e7 }, [contender("ours", classes)], counters, { seconds: 0, largest: 1e6 });
  expect(row?.error).toMatch(/^skipped: needs a buffer of 40000000 bytes/);
});
