import { describe, expect, test } from "vitest";
import { Plan } from "../../src/gpu/plan.ts";
import { constant, defaultWeight, kaimingNormal } from "../../src/nn/init.ts";
import { readNamed, writeNamed } from "../../src/nn/named.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { sum } from "../../src/ops/reduce.ts";
import { openTape } from "../../src/ops/tape.ts";
import { testGpu } from "../host.ts";

describe("parameters", () => {
  test("start values are a function of seed, name and element", async () => {
    const gpu = await testGpu();
    const values = async (seed: number, names: string[]) => {
      const parameters = new Parameters(gpu, seed);
      for (const name of names) parameters.add(name, [40, 9], defaultWeight);
      const read = await parameters.read();
      parameters.destroy();
      return read;
    };
    const [one, other] = [await values(1, ["a", "b"]), await values(1, ["b"])];
    expect(one.get("b")).toEqual(other.get("b"));
    expect(one.get("a")).not.toEqual(one.get("b"));
    expect((await values(2, ["a"])).get("a")).not.toEqual(one.get("a"));
    for (const v of one.get("a")!.data) expect(Math.abs(v)).toBeLessThanOrEqual(1 / 3); // 1 / sqrt(fan in)
    expect(Math.max(...one.get("a")!.data)).toBeGreaterThan(0.3);
  });

  test("kaiming normal has variance 2 / fan out", async () => {
    const parameters = new Parameters(await testGpu(), 1);
    parameters.add("w", [64, 32, 3, 3], kaimingNormal);
    const { data } = (await parameters.read()).get("w")!;
    const variance = data.reduce((a, v) => a + v * v, 0) / data.length;
    expect(variance / (2 / (64 * 9))).toBeCloseTo(1, 1);
    parameters.destroy();
  });

  test("what is written is read back; another architecture is refused, and nothing of it written", async () => {
    const parameters = new Parameters(await testGpu(), 1);
    parameters.add("w", [2, 3], constant(1));
    parameters.buffer("running_mean", [2], 5);
    const saved = new Map([
      ["w", { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
      ["running_mean", { shape: [2], data: Float32Array.of(7, 8) }],
      ["num_batches_tracked", { shape: [], data: Float32Array.of(3) }],
    ]);
    parameters.write(saved);
    expect((await parameters.read()).get("w")!.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    expect((await parameters.read()).get("running_mean")!.data).toEqual(Float32Array.of(7, 8));
    const changed = new Map([...saved, ["w", { shape: [2, 3], data: new Float32Array(6) }]]);
    const refuse = (values: typeof saved, message: string) => expect(() => parameters.write(values)).toThrow(message);
    refuse(new Map([...changed, ["running_mean", { shape: [3], data: new Float32Array(3) }]]), "running_mean: expected [2], found [3]");
    refuse(new Map([...changed, ["extra", { shape: [1], data: new Float32Array(1) }]]), "extra: no tensor of that name");
    refuse(new Map([...changed].filter(([name]) => name !== "running_mean")), "running_mean [2] is missing");
    expect((await parameters.read()).get("w")!.data[5]).toBe(6);
    expect((await readNamed(parameters.named())).size).toBe(2);
    expect(() => writeNamed(parameters.named(), new Map())).toThrow("missing");
    parameters.destroy();
  });

  test("a name is given once, and a parameter outside the loss is named", async () => {
    const parameters = new Parameters(await testGpu(), 1);
    const w = parameters.add("w", [3], constant(1));
    parameters.add("unused", [3], constant(1));
    expect(() => parameters.buffer("w", [3], 0)).toThrow("w exists already");
    const tape = openTape(new Plan(parameters.gpu, "loss"), true);
    tape.backward(sum(tape, w));
    expect(() => parameters.collect(tape)).toThrow("unused has no gradient");
  });
});
