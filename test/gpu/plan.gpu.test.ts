import { describe, expect, it } from "vitest";
import { DeviceError, InternalError, OutOfGpuMemoryError, ShapeError } from "../../src/errors.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { copy } from "../../src/gpu/kernels.gen.ts";
import { measureFma } from "../../src/gpu/measure.ts";
import { Plan } from "../../src/gpu/plan.ts";
import type { Operand } from "../../src/gpu/slot.ts";
import { Store } from "../../src/gpu/store.ts";
import { openTestGpu, testGpu } from "../host.ts";

const VECTORS = 300; // not a multiple of the workgroup
const SIZE = 4 * VECTORS;
const data = Float32Array.from({ length: SIZE }, (_, i) => i + 0.5);

const operand = (plan: Plan, label: string, size = SIZE): Operand => ({ slot: plan.slot(label, 4 * size), shape: [size], dtype: "f32" });
const launchCopy = (plan: Plan, x: Operand, y: Operand) => plan.launch(copy, { x, y }, { T: VECTORS }, [Math.ceil(VECTORS / 64)]);

/** A chain of copies: input -> a -> b -> ... */
function chain(gpu: Gpu, length: number) {
  const plan = new Plan(gpu, "chain");
  const input = plan.input("input", [SIZE]);
  let last: Operand = input;
  for (let i = 0; i < length; i++) {
    const next = operand(plan, `copy ${i}`);
    launchCopy(plan, last, next);
    last = next;
  }
  return { plan, input, output: plan.keep(last) };
}

describe("Plan", () => {
  it("replays a recorded chain on new inputs", async () => {
    const { plan, input, output } = chain(await testGpu(), 6);
    await plan.open();
    for (const scale of [1, -3]) {
      const values = data.map((v) => v * scale);
      plan.run(undefined, [[input, values]]);
      expect(await plan.read(output)).toEqual(values);
    }
    plan.close();
  });

  it("places a chain in two copies' worth of memory, and says so before allocating", async () => {
    const { plan } = chain(await testGpu(), 10);
    const report = plan.memory();
    const one = Math.ceil((4 * SIZE) / 256) * 256;
    expect(report.bytes.activations).toBeLessThanOrEqual(3 * one);
    expect(report.total).toBe(Object.values(report.bytes).reduce((a, b) => a + b, 0));
  });

  it("submits once a step and creates nothing after it is open", async () => {
    const gpu = await testGpu();
    const { plan, input } = chain(gpu, 5);
    await plan.open();
    const made: string[] = [];
    const { device } = gpu;
    const originals = new Map<string, unknown>();
    const watch = (target: object, name: string) => {
      const original = Reflect.get(target, name);
      originals.set(name, original);
      Reflect.set(target, name, (...args: unknown[]) => {
        made.push(name);
        return original.apply(target, args);
      });
    };
    for (const name of ["createBuffer", "createBindGroup", "createComputePipelineAsync", "createShaderModule"]) watch(device, name);
    watch(device.queue, "submit");
    plan.run(undefined, [[input, data]]);
    plan.run(undefined, [[input, data]]);
    for (const name of originals.keys()) Reflect.set(name === "submit" ? device.queue : device, name, originals.get(name));
    await plan.pace(0);
    plan.close();
    expect(made).toEqual(["submit", "submit"]);
  });

  it("refuses to read what was not kept, and to launch once laid out", async () => {
    const gpu = await testGpu();
    const plan = new Plan(gpu, "p");
    const input = plan.input("input", [SIZE]);
    const [a, b] = [operand(plan, "a"), operand(plan, "b")];
    launchCopy(plan, input, a);
    launchCopy(plan, a, b);
    await plan.open();
    await expect(plan.read(b)).rejects.toThrow(/not kept/);
    expect(() => launchCopy(plan, b, a)).toThrow(InternalError);
    plan.close();
  });

  it("refuses a read before any write, and one buffer read and written in one launch", async () => {
    const gpu = await testGpu();
    const early = new Plan(gpu, "early");
    launchCopy(early, operand(early, "a"), operand(early, "b"));
    expect(() => early.memory()).toThrow(/no launch before it has written/);
    const store = new Store(gpu, "pair", "state");
    const [x, y] = [store.add("x", 4 * SIZE), store.add("y", 4 * SIZE)];
    const alias = new Plan(gpu, "alias");
    launchCopy(alias, { slot: x, shape: [SIZE], dtype: "f32" }, { slot: y, shape: [SIZE], dtype: "f32" });
    expect(() => alias.memory()).toThrow(/of one buffer/);
  });

  it("pins a transient onto persistent memory", async () => {
    const gpu = await testGpu();
    const store = new Store(gpu, "gradients", "gradients");
    store.add("before", 4);
    const target = store.add("target", 4 * SIZE);
    const plan = new Plan(gpu, "pin");
    const input = plan.input("input", [SIZE]);
    const gradient = operand(plan, "gradient");
    launchCopy(plan, input, gradient);
    plan.pin(gradient.slot, target);
    await plan.open();
    plan.run(undefined, [[input, data]]);
    expect(await store.read(target, "f32")).toEqual(data);
    plan.close();
    store.destroy();
  });

  it("fails early and names the largest tensor when a plan cannot fit", async () => {
    const gpu = await testGpu();
    const limit = gpu.limits.maxStorageBufferBindingSize;
    const vectors = limit / 16 + 64;
    const plan = new Plan(gpu, "huge");
    const source = plan.input("the huge input", [4 * vectors]);
    plan.launch(copy, { x: source, y: operand(plan, "the huge one", 4 * vectors) }, { T: vectors }, [Math.ceil(vectors / 64)]);
    await expect(plan.open()).rejects.toThrow(OutOfGpuMemoryError);
    await expect(plan.open()).rejects.toThrow(/the huge one .* MiB/);
  });

  it("checks sizes against the shape lines while recording", async () => {
    const plan = new Plan(await testGpu(), "sizes");
    expect(() => launchCopy(plan, plan.input("x", [SIZE - 4]), operand(plan, "y"))).toThrow(ShapeError);
  });

  it("cuts a launch that is too long for one dispatch, with the same result", async () => {
    const gpu = await testGpu();
    const plan = new Plan(gpu, "long");
    const input = plan.input("x", [SIZE]);
    const y = plan.keep(operand(plan, "y"));
    plan.launch(copy, { x: input, y }, { T: VECTORS }, [Math.ceil(VECTORS / 64)], {
      flops: (await gpu.measured("fma", measureFma)) * 0.05,
    });
    await plan.open();
    plan.run(undefined, [[input, data]]);
    expect(await plan.read(y)).toEqual(data);
    plan.close();
  });

  it("times every launch, and says so where the adapter cannot", async () => {
    const gpu = await testGpu();
    const { plan } = chain(gpu, 3);
    await plan.open();
    const times = await plan.profile();
    expect(times.map(({ kernel }) => kernel)).toEqual(["copy", "copy", "copy"]);
    for (const { milliseconds } of times) expect(milliseconds).toBeGreaterThanOrEqual(0);
    plan.close();
    const without = await openTestGpu({ features: { "timestamp-query": false } });
    const other = chain(without, 1).plan;
    await other.open();
    await expect(other.profile()).rejects.toThrow(/has no timestamp-query/);
    without.close();
  });

  it("says that the device was lost, whatever was being waited for", async () => {
    const gpu = await openTestGpu();
    const { plan, input, output } = chain(gpu, 3);
    await plan.open();
    plan.run(undefined, [[input, data]]);
    const waiting = [plan.pace(0), plan.read(output)];
    gpu.device.destroy();
    for (const result of await Promise.allSettled(waiting)) {
      if (result.status === "rejected") expect(result.reason).toBeInstanceOf(DeviceError);
    }
    await gpu.lost;
    expect(() => plan.run(undefined, [[input, data]])).toThrow(/the device was lost/);
    await expect(plan.read(output)).rejects.toThrow(DeviceError);
    gpu.close();
  });
});
