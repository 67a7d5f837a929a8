import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { readSafetensors, type SafetensorsFile } from "../../src/formats/safetensors.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { resNet18 } from "../../src/nn/encoders/resnet.ts";
import type { Values } from "../../src/nn/named.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { crossEntropy } from "../../src/ops/cross_entropy.ts";
import { scale } from "../../src/ops/scale.ts";
import { openTape } from "../../src/ops/tape.ts";
import { testGpu } from "../host.ts";

/** Written by reference/resnet18.py: another implementation, in double precision. */
const files = import.meta.glob<string>("./reference/*.safetensors", { query: "?url&inline", import: "default" });

async function reference(stem: string): Promise<SafetensorsFile> {
  const url = await files[`./reference/resnet18-${stem}.safetensors`]?.();
  if (!url) throw new Error(`no reference for ${stem}`);
  return readSafetensors(new Uint8Array(await (await fetch(url)).arrayBuffer()), { name: stem });
}

/** Tensors whose names start with `prefix.`, without it. */
function part({ tensors }: SafetensorsFile, prefix: string): Map<string, Values> {
  const found = [...tensors].filter(([name]) => name.startsWith(`${prefix}.`));
  return new Map(
    found.map(([name, { shape, data }]) => [name.slice(prefix.length + 1), { shape, data: data as Float32Array<ArrayBuffer> }]),
  );
}

function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference += ((got[i] ?? Number.NaN) - (expected[i] ?? 0)) ** 2;
    size += (expected[i] ?? 0) ** 2;
  }
  return Math.sqrt(difference) / (Math.sqrt(size) + 1e-8);
}

describe.each(["cifar", "imagenet"])("ResNet-18 with the %s stem and PyTorch's weights", (stem) => {
  async function load() {
    const file = await reference(stem);
    const parameters = new Parameters(await testGpu(), 0);
    const encoder = resNet18(parameters, JSON.parse(file.metadata.get("config") ?? "{}"));
    parameters.write(part(file, "weights"));
    return { file, parameters, encoder, expected: part(file, "expected"), batch: file.tensors.get("labels")?.shape[0] ?? 0 };
  }

  it("embeds as PyTorch does", async () => {
    const { file, parameters, encoder, expected, batch } = await load();
    const plan = new Plan(parameters.gpu, "embed");
    const tape = openTape(plan, false);
    const images = tape.input("images", [batch, ...encoder.input]);
    const features = plan.keep(encoder.forward(tape, images));
    await plan.open();
    plan.run(undefined, [[images, file.tensors.get("images")?.data as Float32Array]]);
    expect(relativeError((await plan.read(features)) as Float32Array, expected.get("evaluated")?.data ?? [])).toBeLessThan(1e-4);
    plan.close();
    parameters.destroy();
  });

  it("has PyTorch's loss, gradients and running statistics in a training step", async () => {
    const { file, parameters, encoder, expected, batch } = await load();
    const plan = new Plan(parameters.gpu, "step");
    const tape = openTape(plan, true);
    const images = tape.input("images", [batch, ...encoder.input]);
    const labels = tape.input("labels", [batch], "u32");
    const features = plan.keep(encoder.forward(tape, images));
    const loss = plan.keep(crossEntropy(tape, scale(tape, features, 10), labels));
    tape.backward(loss);
    parameters.collect(tape);
    await plan.open();
    const classes = Uint32Array.from(file.tensors.get("labels")?.data as Int32Array);
    plan.run(undefined, [
      [images, file.tensors.get("images")?.data as Float32Array],
      [labels, classes],
    ]);
    expect(relativeError((await plan.read(features)) as Float32Array, expected.get("trained")?.data ?? [])).toBeLessThan(1e-3);
    expect(relativeError((await plan.read(loss)) as Float32Array, expected.get("loss")?.data ?? [])).toBeLessThan(1e-3);
    const gradients = part(file, "gradient");
    expect([...parameters.namedGradients().keys()].sort()).toEqual([...gradients.keys()].sort());
    for (const [name, { slot, store }] of parameters.namedGradients()) {
      expect(relativeError(await store.read(slot, "f32"), gradients.get(name)?.data ?? []), name).toBeLessThan(1e-3);
    }
    const after = await parameters.read();
    for (const [name, { data }] of part(file, "after")) expect(relativeError(after.get(name)?.data ?? [], data), name).toBeLessThan(1e-4);
    plan.close();
    parameters.destroy();
  });
});

it("the published size has torchvision's names and 11.2 million parameters", async () => {
  const parameters = new Parameters(await testGpu(), 0);
  resNet18(parameters, { dim: 128 });
  expect(parameters.count).toBe(11_234_496);
  expect(parameters.named().get("layer4.0.downsample.0.weight")?.shape).toEqual([512, 256, 1, 1]);
});

it.each([
  [{ stem: "mnist" }, /stem/],
  [{ base: 0 }, /base/],
  [{ widht: 3 }, /unknown option "widht"/],
])("refuses %o", async (options, message) => {
  const parameters = new Parameters(await testGpu(), 0);
  expect(() => resNet18(parameters, options as object)).toThrow(UsageError);
  expect(() => resNet18(parameters, options as object)).toThrow(message);
});

it("has a map after the stem and after each stage, each half of the one before", async () => {
  const parameters = new Parameters(await testGpu(), 0);
  const encoder = resNet18(parameters, { height: 16, width: 24, base: 4 });
  const tape = openTape(new Plan(parameters.gpu, "maps"), false);
  expect(encoder.maps(tape, tape.tensor([2, 3, 16, 24])).map(({ shape }) => shape.join(" x "))).toEqual([
    "2 x 4 x 16 x 24",
    "2 x 4 x 16 x 24",
    "2 x 8 x 8 x 12",
    "2 x 16 x 4 x 6",
    "2 x 32 x 2 x 3",
  ]);
  parameters.destroy();
});
