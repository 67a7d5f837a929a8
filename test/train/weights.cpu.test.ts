import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FormatError, UsageError } from "../../src/errors.ts";
import { readSafetensors, type SafeTensor, writeSafetensors } from "../../src/formats/safetensors.ts";
import { readWeights } from "../../src/train/weights.ts";

/** A state_dict that PyTorch wrote. */
const STATE = new Map(
  [...readSafetensors(readFileSync("test/nn/reference/resnet18-cifar.safetensors")).tensors]
    .filter(([name]) => name.startsWith("weights."))
    .map(([name, tensor]): [string, SafeTensor] => [name.slice("weights.".length), tensor]),
);
const prefixed = (prefix: string) => new Map([...STATE].map(([name, tensor]) => [prefix + name, tensor]));
const f32 = (...shape: number[]): SafeTensor => ({ dtype: "F32", shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });

describe("a state_dict", () => {
  test.each(["", "module.", "encoder.", "module.encoder."])("with names after %j: the sizes are read off the tensors", (prefix) => {
    const counter: SafeTensor = { dtype: "I64", shape: [], data: BigInt64Array.of(5n) };
    const bytes = writeSafetensors(prefixed(prefix).set(`${prefix}bn1.num_batches_tracked`, counter), {});
    const { encoder, view, values, config } = readWeights(bytes, "w", { encoder: "resnet18" });
    expect(encoder).toEqual({ name: "resnet18", base: 3, stem: "cifar", dim: 8, head: "plain" });
    expect(view).toEqual({ kind: "plain" });
    expect([...values.keys()].sort()).toEqual([...STATE.keys()].sort());
    expect(config).toBeUndefined();
  });

  test("of the ImageNet stem, and of a convnet with a standardised head; options given win", () => {
    const large = writeSafetensors(new Map([["conv1.weight", f32(4, 3, 7, 7)]]), {});
    expect(readWeights(large, "w", { encoder: "resnet18" }).encoder).toMatchObject({ stem: "imagenet", base: 4 });
    const tensors = new Map([
      ["blocks.0.conv.weight", f32(4, 1, 5, 5)],
      ["blocks.1.conv.weight", f32(6, 4, 5, 5)],
      ["head.weight", f32(3, 24)],
      ["head_norm.running_mean", f32(3)],
    ]);
    const { encoder, view } = readWeights(writeSafetensors(tensors, {}), "w", {
      encoder: "convnet",
      options: { stride: 1 },
      view: { size: [8, 8] },
    });
    expect(encoder).toEqual({ name: "convnet", blocks: [4, 6], kernel: 5, dim: 3, head: "standardised", stride: 1 });
    expect(view).toEqual({ kind: "plain", size: [8, 8] });
  });

  test.each([
    [f32(2), undefined, UsageError, /--encoder/],
    [{ dtype: "F64", shape: [1], data: Float64Array.of(1) } as SafeTensor, "resnet18", FormatError, /tensor x: expected F32, found F64/],
    [{ dtype: "F32", shape: [1], data: Float32Array.of(Number.NaN) } as SafeTensor, "resnet18", FormatError, /tensor x .*not finite/],
  ])("is refused (%#)", (tensor, encoder, type, words) => {
    const read = () => readWeights(writeSafetensors(new Map([["x", tensor]]), {}), "w.safetensors", { encoder });
    expect(read).toThrow(type);
    expect(read).toThrow(words);
  });
});

test("a pickle is named as one, other bytes as no safetensors", () => {
  expect(() => readWeights(Buffer.from("PK\u0003\u0004 and so on"), "w.pt")).toThrow(/w\.pt: a pickled PyTorch file/);
  expect(() => readWeights(Buffer.from("something else"), "w.bin")).toThrow(FormatError);
});
