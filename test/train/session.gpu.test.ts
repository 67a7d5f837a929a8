import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../src/train/config.ts";
import { Session } from "../../src/train/session.ts";
import { openTestGpu, testGpu } from "../host.ts";
import { shapesData, tinyConfig } from "./shapes.ts";

/** Counts what a device is asked for, and the bytes that its live buffers hold. */
function watch(device: GPUDevice) {
  const counts = { submits: 0, passes: 0, dispatches: 0, made: [] as string[], bytes: 0 };
  const wrap = <T extends object>(target: T, name: keyof T, before: (result: unknown) => void) => {
    const original = target[name] as (...args: unknown[]) => unknown;
    Reflect.set(target, name, (...args: unknown[]) => {
      const result = original.apply(target, args);
      before(result);
      return result;
    });
  };
  for (const name of ["createBindGroup", "createComputePipelineAsync", "createShaderModule"] as const) {
    wrap(device, name, () => counts.made.push(name));
  }
  wrap(device, "createBuffer", (result) => {
    const buffer = result as GPUBuffer;
    const { size } = buffer;
    counts.made.push("createBuffer");
    counts.bytes += size;
    let alive = true;
    wrap(buffer, "destroy", () => {
      if (alive) counts.bytes -= size;
      alive = false;
    });
  });
  wrap(device.queue, "submit", () => counts.submits++);
  wrap(device, "createCommandEncoder", (result) => {
    wrap(result as GPUCommandEncoder, "beginComputePass", (pass) => {
      counts.passes++;
      wrap(pass as GPUComputePassEncoder, "dispatchWorkgroups", () => counts.dispatches++);
    });
  });
  return counts;
}

describe("a training step", () => {
  it("of four parts has the activations of one, and is one submit", async () => {
    const gpu = await openTestGpu();
    const counts = watch(gpu.device);
    const make = (accumulate: number) => Session.create(gpu, resolveConfig({ batch: 64, accumulate }), shapesData(64, 16));
    const [whole, parts] = [await make(1), await make(4)];
    const [bytes, less] = [whole.plan.memory().bytes, parts.plan.memory().bytes];
    expect(less.activations! / bytes.activations!).toBeLessThan(0.35);
    expect(less.gradients! / bytes.gradients!).toBe(2);
    expect(parts.plan.launches.length).toBeLessThan(4 * whole.plan.launches.length);
    await parts.plan.open();
    const before = counts.submits;
    await parts.step(0);
    expect(counts.submits - before).toBe(1);
    whole.close();
    parts.close();
    expect(counts.bytes).toBe(0);
    gpu.close();
  });

  it.each(["full-softmax", "softmax", "nce"])(
    "is one pass, one submit and at most 60 dispatches, makes nothing and leaks nothing (%s, the default encoder)",
    async (mode) => {
      const gpu = await openTestGpu();
      const counts = watch(gpu.device);
      const data = shapesData(64, 16);
      const config = resolveConfig({ objective: { name: "instdisc", mode, negatives: 32 }, batch: 32 });
      const session = await Session.create(gpu, config, data);
      const expected = session.plan.memory().total;
      expect(counts.bytes, "nothing is allocated before the plan opens").toBe(0);
      await session.plan.open();
      await session.step(0);
      await session.step(1);
      const before = { ...counts, made: counts.made.length };
      expect(before.bytes).toBeGreaterThanOrEqual(expected);
      for (let step = 2; step < 20; step++) await session.step(step);
      expect(counts.submits - before.submits).toBe(18);
      expect(counts.passes - before.passes).toBe(18);
      expect((counts.dispatches - before.dispatches) / 18).toBeLessThanOrEqual(60);
      expect((counts.dispatches - before.dispatches) / 18).toBeGreaterThan(20);
      expect(counts.made.length).toBe(before.made);
      expect(counts.bytes).toBe(before.bytes);
      await session.ledger.read(10, 20); // a readback leaves nothing behind either
      expect(counts.bytes).toBe(before.bytes);
      session.close();
      expect(counts.bytes, "close frees everything").toBe(0);
      gpu.close();
    },
  );
});

describe("an objective that compares two views", () => {
  it.each([
    { kind: "plain" },
    { kind: "affine", rotation: 0, scale: 0, shear: 0, shift: 0 },
    { kind: "crop", area: [1, 1], flip: 1, jitter: { p: 0 } },
  ])("refuses a view without chance: %j", async (view) => {
    const gpu = await testGpu();
    const config = resolveConfig({ objective: { name: "invaspread" }, ...tinyConfig, view: view as never });
    await expect(Session.create(gpu, config, shapesData(64, 16))).rejects.toThrow(
      /the same every time: invaspread would compare equal views/,
    );
  });

  it.each([
    { kind: "affine", rotation: 0, scale: 0, shear: 0 },
    { kind: "crop", area: [1, 1] },
    { kind: "crop", area: [1, 1], flip: 0, jitter: { brightness: 0.1 } },
  ])("takes %j", async (view) => {
    const config = resolveConfig({ objective: { name: "invaspread" }, ...tinyConfig, view: view as never });
    (await Session.create(await testGpu(), config, shapesData(64, 16))).close();
  });
});
