import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { readNpy } from "../../src/formats/npy.ts";
import { readSafetensors, type SafeTensor, writeSafetensors } from "../../src/formats/safetensors.ts";
import { nearfar, TINY, temporaryFolder } from "./run.ts";

// `nearfar embed`: any data, any checkpoint.

const base = temporaryFolder();
const run = join(base, "run");
const CHECKPOINT = join(run, "checkpoint.safetensors");
const torch = join(base, "torch.safetensors");
const cifar = join(base, "cifar");
const COUNT = 12;

/** The tensors of a file whose names start with `prefix`, under `renamed` in its place. */
function part(path: string, prefix: string, renamed = ""): Map<string, SafeTensor> {
  const own = [...readSafetensors(readFileSync(path)).tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(own.map(([name, tensor]) => [renamed + name.slice(prefix.length), tensor]));
}

beforeAll(async () => {
  const { code, stderr } = await nearfar([...TINY, "--out", run]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const counter: SafeTensor = { dtype: "I64", shape: [], data: BigInt64Array.of(4n) };
  const state = part("test/nn/reference/resnet18-cifar.safetensors", "weights.");
  writeFileSync(torch, writeSafetensors(state.set("bn1.num_batches_tracked", counter), { format: "pt" }));
  // CIFAR-10's files with a few images of noise.
  mkdirSync(cifar);
  const noise = (n: number, seed: number) =>
    Uint8Array.from({ length: n * 3073 }, (_, i) => (i % 3073 ? (i * i * seed + 31 * i) >> 3 : i % 10));
  for (let n = 1; n <= 5; n++) writeFileSync(join(cifar, `data_batch_${n}.bin`), noise(4, n));
  writeFileSync(join(cifar, "test_batch.bin"), noise(COUNT, 7));
  writeFileSync(join(cifar, "batches.meta.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
});

async function features(name: string, args: readonly string[]): Promise<{ shape: readonly number[]; data: Float32Array }> {
  const out = join(base, `${name}.npy`);
  const { code, stderr, events } = await nearfar(["embed", ...args, "--out", out, "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { shape, data, dtype } = readNpy(readFileSync(out));
  expect(dtype).toBe("<f4");
  expect(events).toEqual([{ event: "done", rows: shape[0], dim: shape[1], seconds: expect.any(Number), adapter: expect.any(String), out }]);
  const dim = shape[1] ?? 0;
  for (let row = 0; row < (shape[0] ?? 0); row++) {
    const values = Array.from(data.subarray(row * dim, (row + 1) * dim) as Float32Array);
    expect(Math.hypot(...values)).toBeCloseTo(1, 4);
  }
  return { shape, data: data as Float32Array };
}

test("a run, its checkpoint, and the same weights as a state_dict give the same features; in Chrome, too", async () => {
  const whole = await features("run", ["--weights", run, "--limit", "40"]);
  expect(whole.shape).toEqual([40, 16]);
  expect(await features("file", ["--weights", CHECKPOINT, "--encoder", "convnet", "--limit", "40", "--data", "mnist"])).toEqual(whole);

  const plain = join(base, "plain.safetensors");
  writeFileSync(plain, writeSafetensors(part(CHECKPOINT, "encoder.", "module."), {}));
  expect(await features("plain", ["--weights", plain, "--encoder", "convnet", "--limit", "40"])).toEqual(whole);

  const train = await features("train", ["--weights", run, "--split", "train", "--limit", "5"]);
  expect(train.shape).toEqual([5, 16]);
  expect(train.data).not.toEqual(whole.data.subarray(0, 5 * 16));

  const chrome = await features("chrome", ["--weights", run, "--limit", "40", "--host", "chrome"]);
  expect(chrome.shape).toEqual(whole.shape);
  chrome.data.forEach((value, i) => {
    expect(value).toBeCloseTo(whole.data[i] ?? Number.NaN, 4);
  });
});

test("a ResNet-18 of PyTorch on colour images, with a view of one's own", async () => {
  const given = ["--weights", torch, "--encoder", "resnet18", "--data", "cifar10", "--data-dir", cifar];
  const plain = await features("torch", given);
  expect(plain.shape).toEqual([COUNT, 8]);
  const normalise = { mean: 0.5, std: 0.25 };
  const normalised = await features("normalised", [...given, "--view", JSON.stringify({ normalise })]);
  expect(normalised.data).not.toEqual(plain.data);
  const small = await features("small", [...given, "--view", JSON.stringify({ size: [16, 16] }), "--limit", "3", "--split", "train"]);
  expect(small.shape).toEqual([3, 8]);
});

test("an existing file is replaced only with --force; nothing else is left behind", async () => {
  const out = join(base, "twice.npy");
  writeFileSync(out, "mine");
  const refused = await nearfar(["embed", "--weights", run, "--limit", "3", "--out", out]);
  expect(refused.stderr).toContain("exists already");
  expect({ code: refused.code, text: readFileSync(out, "utf8") }).toEqual({ code: 2, text: "mine" });
  const { code, stdout } = await nearfar(["embed", "--weights", run, "--limit", "3", "--out", out, "--force"]);
  expect(code).toBe(0);
  expect(stdout).toContain(`3 features of 16 numbers in ${out}`);
  expect(readNpy(readFileSync(out)).shape).toEqual([3, 16]);
  expect(readdirSync(base).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("every tensor that is missing, extra or of another shape is listed, and nothing is written", async () => {
  const state = part("test/nn/reference/resnet18-cifar.safetensors", "weights.");
  for (const name of ["fc.bias", "layer1.0.bn1.bias", "bn1.running_var"]) state.delete(name);
  for (const name of ["bank", "head.0.weight"]) state.set(name, { dtype: "F32", shape: [2], data: new Float32Array(2) });
  state.set("layer2.0.bn1.bias", { dtype: "F32", shape: [3], data: new Float32Array(3) });
  const file = join(base, "other.safetensors");
  writeFileSync(file, writeSafetensors(state, {}));
  const out = join(base, "never.npy");
  const { code, stderr } = await nearfar([
    ...["embed", "--weights", file, "--encoder", "resnet18", "--data", "cifar10", "--data-dir", cifar, "--out", out],
  ]);
  expect(code).toBe(1);
  expect(stderr).toContain("other.safetensors: does not fit the encoder resnet18");
  expect(stderr).toContain("bank, head.0.weight: no tensor of that name here");
  for (const name of ["bn1.running_var [3]", "layer1.0.bn1.bias [3]", "fc.bias [8]"]) expect(stderr).toContain(name);
  expect(stderr).toContain("layer2.0.bn1.bias: expected [6], found [3]");
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(existsSync(out)).toBe(false);
});

test.each([
  [["--weights", "nowhere", "--out", "x.npy"], "nowhere: no such file or folder"],
  [["--weights", "src", "--out", "x.npy"], "src: no checkpoint.safetensors"],
  [["--out", "x.npy"], "--weights FILE|DIR is missing"],
  [["--weights", "src"], "--out FILE.npy is missing"],
  [["--weights", "src", "--out", "x.txt"], "ends in .npy"],
  [["--weights", "src", "--out", "nowhere/x.npy"], "no such folder"],
  [["--weights", torch, "--out", "x.npy"], "--encoder NAME"],
  [["--weights", torch, "--out", "x.npy", "--encoder", "resnet18", "--view", "{"], "--view: not JSON"],
  [["--weights", torch, "--out", "x.npy", "--encoder", "resnet18", "--encoder-options", '{"widht":3}'], 'unknown option "widht"'],
  [["--weights", torch, "--out", "x.npy", "--encoder", "resnet18", "--encoder-options", '{"width":3}'], "width comes from the images"],
  [["--weights", torch, "--out", "x.npy", "--encoder", "vit"], "--encoder: expected convnet, resnet18"],
  [["--weights", run, "--out", "x.npy", "--encoder", "resnet18"], "this checkpoint is of convnet"],
  [["--weights", run, "--out", "x.npy", "--limit", "0"], "limit: expected an integer of 1 or more"],
])("%j is a usage error", async (args, words) => {
  const { code, stderr } = await nearfar(["embed", ...args]);
  expect(stderr).toContain(words);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(code).toBe(2);
  expect(existsSync("x.npy")).toBe(false);
});
