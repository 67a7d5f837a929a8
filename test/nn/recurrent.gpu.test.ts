import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { gruLayer, lstmLayer } from "../../src/nn/recurrent.ts";
import { relativeError } from "../../src/objectives/verify.ts";
import { matmul } from "../../src/ops/matmul.ts";
import { reshape } from "../../src/ops/reshape.ts";
import { openTape } from "../../src/ops/tape.ts";
import type { Tensor } from "../../src/tensor.ts";
import { testGpu } from "../host.ts";

/** Written by reference/recurrent.py: PyTorch in double precision. */
const files = import.meta.glob<string>("./reference/{gru,lstm}.safetensors", { query: "?url&inline", import: "default" });
type Kind = "gru" | "lstm";

/** Numbers and shapes of one case, by their names in the file without the case's. */
async function reference(kind: Kind, name: string) {
  const url = await files[`./reference/${kind}.safetensors`]?.();
  if (!url) throw new Error(`no reference for ${kind}`);
  const { tensors } = readSafetensors(new Uint8Array(await (await fetch(url)).arrayBuffer()), { name: kind });
  const own = [...tensors]
    .filter(([key]) => key.startsWith(`${name}.`))
    .map(([key, value]) => [key.slice(name.length + 1), value] as const);
  expect(own.length).toBeGreaterThan(10);
  return new Map(own.map(([key, { shape, data }]) => [key, { shape, data: Float32Array.from(data as Float32Array) }]));
}

describe.each(["gru", "lstm"] as const)("%s with PyTorch's weights", (kind) => {
  test.each(["small", "ragged", "wide", "long"])("%s: outputs and every gradient as PyTorch's", async (name) => {
    const given = await reference(kind, name);
    const tensor = (key: string) => given.get(key)!;
    const parameters = new Parameters(await testGpu(), 0);
    const leaf = (key: string): Tensor => parameters.add(key, tensor(key).shape, () => tensor(key).data);
    const [inputs = 0, units = 0] = [tensor("x").shape[2], tensor("y").shape[2]];
    const plan = new Plan(parameters.gpu, name);
    const tape = openTape(plan, true);
    const x = leaf("x");
    const h0 = given.has("h0") ? leaf("h0") : undefined;
    let y: Tensor;
    let cells: Tensor | undefined;
    if (kind === "gru") y = gruLayer(parameters, "", inputs, units)(tape, x, h0);
    else ({ y, cells } = lstmLayer(parameters, "", inputs, units)(tape, x, h0 && { h: h0, c: leaf("c0") }));
    const current = await parameters.read();
    const weights = [...current].map(([key, value]) => [key, given.get(`weights${key}`) ?? value] as const);
    expect([...current.keys()].filter((key) => given.has(`weights${key}`))).toHaveLength(4);
    parameters.write(new Map(weights));
    const projection = tape.input("projection", [y.size, 1]);
    tape.backward(matmul(tape, reshape(tape, y, [1, y.size]), projection));
    parameters.collect(tape);
    for (const kept of [y, cells]) if (kept) plan.keep(kept);
    await plan.open();
    plan.run(undefined, [[projection, tensor("projection").data]]);
    expect(relativeError(await plan.read(y), tensor("y").data)).toBeLessThan(1e-5);
    if (cells) {
      const [B = 0, T = 0, H = 0] = cells.shape;
      const all = await plan.read(cells);
      const last = Array.from({ length: B }, (_, b) => Array.from(all).slice((b * T + T - 1) * H, (b * T + T) * H)).flat();
      expect(relativeError(last, tensor("c").data)).toBeLessThan(1e-5);
    }
    for (const [key, { slot, store }] of parameters.namedGradients()) {
      const expected = tensor(`d.${key.replace(/^\./, "")}`).data;
      expect(relativeError(await store.read(slot, "f32"), expected), `gradient of ${key}`).toBeLessThan(1e-4);
    }
    plan.close();
    parameters.destroy();
  });
});
