import { expect, test } from "vitest";
import library from "../shaders/lib/random.wgsl?raw";
import { indexBelow, normalF32, Purpose, randomBelow, randomNormal, randomStream, randomU32, randomVec4, unitF32 } from "../src/random.ts";
import { testGpu } from "./host.ts";

const INPUTS = 5; // words of input to a case: seed, a, b, c, n
const OUTPUTS = 8;

const kernel = `
@group(0) @binding(0) var<storage, read> inputs: array<u32>;
@group(0) @binding(1) var<storage, read_write> outputs: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x * ${INPUTS}u;
  let o = id.x * ${OUTPUTS}u;
  if (i >= arrayLength(&inputs)) { return; }
  let stream = random_stream(inputs[i], PURPOSE_AUGMENT);
  let v = random_vec4(stream, inputs[i + 1u], inputs[i + 2u], inputs[i + 3u]);
  outputs[o] = v.x;
  outputs[o + 1u] = v.y;
  outputs[o + 2u] = v.z;
  outputs[o + 3u] = random_u32(stream, inputs[i + 1u], inputs[i + 2u], inputs[i + 3u]);
  outputs[o + 4u] = random_below(inputs[i + 4u], stream, inputs[i + 1u], inputs[i + 2u], inputs[i + 3u]);
  outputs[o + 5u] = bitcast<u32>(random_f32(stream, inputs[i + 1u], inputs[i + 2u], inputs[i + 3u]));
  outputs[o + 6u] = bitcast<u32>(random_normal(stream, inputs[i + 1u], inputs[i + 2u], inputs[i + 3u]));
  outputs[o + 7u] = index_below(inputs[i + 4u], inputs[i + 1u]);
}
${library}`;

/** Small counters as training uses them, edge values in every combination, and large numbers. */
function cases(): number[][] {
  const edges = [0, 1, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];
  const all: number[][] = [];
  for (const seed of edges)
    for (const a of edges) for (const b of edges) all.push([seed, a, b, edges[all.length % 7] ?? 0, edges[(all.length * 3) % 7] ?? 0]);
  for (let i = 0; i < 2000; i++) all.push([7, i % 13, i % 301, i, 1 + ((i * 37) % 60000)]);
  for (let i = 0; i < 2000; i++) all.push([0, 1, 2, 3, 4].map((k) => randomU32(99, i, 0, k)));
  return all;
}

async function evaluate(inputs: Uint32Array<ArrayBuffer>, bytes: number): Promise<ArrayBuffer> {
  const { device } = await testGpu();
  const usage = 0x80 | 0x08 | 0x04; // STORAGE | COPY_DST | COPY_SRC; Node has no GPUBufferUsage
  const source = device.createBuffer({ size: inputs.byteLength, usage });
  const target = device.createBuffer({ size: bytes, usage });
  const copy = device.createBuffer({ size: bytes, usage: 0x01 | 0x08 }); // MAP_READ | COPY_DST
  device.queue.writeBuffer(source, 0, inputs);
  const module = device.createShaderModule({ code: kernel });
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint: "main" } });
  const entries = [source, target].map((buffer, binding) => ({ binding, resource: { buffer } }));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(Math.ceil(inputs.length / INPUTS / 64));
  pass.end();
  encoder.copyBufferToBuffer(target, 0, copy, 0, bytes);
  device.queue.submit([encoder.finish()]);
  await copy.mapAsync(0x01);
  const result = copy.getMappedRange().slice(0);
  for (const buffer of [source, target, copy]) buffer.destroy();
  return result;
}

test("WGSL draws the same bits as TypeScript", async () => {
  const list = cases();
  const result = await evaluate(new Uint32Array(list.flat()), list.length * OUTPUTS * 4);
  const words = new Uint32Array(result);
  const floats = new Float32Array(result);
  const got: number[][] = [];
  const expected: number[][] = [];
  let worst = 0;
  for (const [index, [seed = 0, a = 0, b = 0, c = 0, n = 0]] of list.entries()) {
    const o = index * OUTPUTS;
    const stream = randomStream(seed, Purpose.augment);
    const [x, y, z, w] = randomVec4(stream, a, b, c);
    got.push([...words.subarray(o, o + 5), floats[o + 5] ?? Number.NaN, words[o + 7] ?? -1]);
    expected.push([x, y, z, w, randomBelow(n, stream, a, b, c), unitF32(w), indexBelow(n, a)]);
    const normal = floats[o + 6] ?? Number.NaN;
    worst = Math.max(worst, Math.abs(normal - randomNormal(stream, a, b, c)));
    expect(Number.isFinite(normal)).toBe(true);
  }
  expect(got).toEqual(expected);
  // WGSL allows cos an error of 2^-11, times a radius of at most 5.77.
  expect(worst).toBeLessThan(3e-3);
  expect(normalF32(0, 0)).toBeCloseTo(-5.768, 3);
});
