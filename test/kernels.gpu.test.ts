import { describe, expect, test } from "vitest";
import { type Precision, Table } from "../src/bank/table.ts";
import { fromHalf, toHalf } from "../src/formats/half.ts";
import type { Gpu } from "../src/gpu/device.ts";
import { dimension, type KernelSpec } from "../src/gpu/kernel.ts";
import * as kernels from "../src/gpu/kernels.gen.ts";
import type { Launch } from "../src/gpu/launch.ts";
import { dispatchBudget } from "../src/gpu/measure.ts";
import { Plan } from "../src/gpu/plan.ts";
import { bytesFor, type Dtype, elements, type Operand } from "../src/gpu/slot.ts";
import { STILL } from "../src/gpu/step.ts";
import { Store } from "../src/gpu/store.ts";
import { testGpu, withLimits } from "./host.ts";
import type { Arrays, KernelCase, Random } from "./kernel_case.ts";

const files = import.meta.glob<{ kernelCase?: KernelCase }>("./kernels/*.ts", { eager: true });
const cases = Object.values(files).flatMap(({ kernelCase }) => (kernelCase ? [kernelCase] : []));

/** What an output holds before the kernel runs: finite as f32 (-6.26e18), and nothing a kernel computes by chance. */
const POISON = 0xdeadbeef;
/** The same for two halves: not a number. */
const POISON_HALVES = 0xfeedfeed;

test("every kernel has a case file, and every case file a kernel", () => {
  const missing = Object.values(kernels as Record<string, KernelSpec>).filter((k) => !cases.some((c) => c.kernel === k));
  expect(missing.map((k) => `test/kernels/${k.name}.ts for ${k.file}`)).toEqual([]);
  expect(Object.keys(files).filter((name) => !files[name]?.kernelCase)).toEqual([]);
});

const gpu = await testGpu();
/** What a kernel needs that this adapter does not offer: known before any test is, so that none is skipped. */
const lacking = ({ kernel, lanes = 0 }: KernelCase): string[] => [
  ...(kernel.features ?? []).filter((name) => !gpu.features.has(name)),
  ...(gpu.adapter.subgroupMinSize < lanes ? [`subgroups of ${lanes}`] : []),
];
const [possible, beyond] = [cases.filter((c) => lacking(c).length === 0), cases.filter((c) => lacking(c).length > 0)];

test(`beyond ${gpu.name}: ${beyond.map((c) => `${c.kernel.name} (${lacking(c)})`).join(", ") || "nothing"}`, () => {
  // Most kernels need nothing that an adapter could lack: a host that opens a poorer device than it has must not pass for a pass.
  expect(beyond.filter(({ kernel }) => !kernel.features?.length)).toEqual([]);
  expect(possible.length).toBeGreaterThan(0.9 * cases.length);
});

for (const kernelCase of possible) {
  describe(kernelCase.kernel.name, () => {
    kernelCase.cases.forEach((_, i) => {
      test(JSON.stringify({ ...kernelCase.cases[i]?.params, ...kernelCase.cases[i]?.overrides }), async () => {
        await check(gpu, kernelCase, i, 0);
        // Rows of a bank may be halves, and sharded: the same results, halves rounded on the way in and out.
        // A form a case, in turn: each must be compiled anew.
        if ("bank" in kernelCase.kernel.bindings) await check(gpu, kernelCase, i, 0, { bank: BANKS[i % BANKS.length] });
        // Activations may be halves where the adapter has them in shaders; elsewhere they are refused.
        if (Object.values(kernelCase.kernel.bindings).some(({ elem }) => elem === "act")) {
          const halves = check(gpu, kernelCase, i, 0, { activations: "f16" });
          if (gpu.features.has("shader-f16")) await halves;
          else await expect(halves).rejects.toThrow(`shader-f16, which ${gpu.name} does not offer`);
        }
        // Again, cut into one dispatch a workgroup: a kernel that declares x0, y0 or z0 must also use it.
        const groups = cuttable(kernelCase, i);
        // Half a workgroup's share less than the most that can be cut: rounding must not ask for one dispatch more.
        if (groups > 1)
          await check(gpu, kernelCase, i, (groups - 0.5) * (await dispatchBudget(gpu, [{ flops: Number.POSITIVE_INFINITY } as Launch])));
      });
    });
  });
}

/** How the rows of a bank may lie, besides f32 in one binding; `shards`: at most, and more than half as many where there are enough numbers. */
interface BankForm {
  readonly precision: Precision;
  readonly shards: number;
}
const BANKS: readonly BankForm[] = [
  { precision: "f16", shards: 1 },
  { precision: "f32", shards: 4 },
  { precision: "f16", shards: 4 },
];

/** What differs from f32 in one binding. */
interface Form {
  readonly bank?: BankForm | undefined;
  readonly activations?: "f16";
}

/** Workgroups along the axes along which a plan may cut the kernel. */
function cuttable({ kernel, cases }: KernelCase, index: number): number {
  return ["x0", "y0", "z0"].reduce((n, axis, i) => n * (axis in kernel.params ? (cases[index]!.grid[i] ?? 1) : 1), 1);
}

async function check(gpu: Gpu, kernelCase: KernelCase, index: number, flops: number, form: Form = {}): Promise<void> {
  const { kernel } = kernelCase;
  const { params, grid, overrides = {}, step = STILL } = kernelCase.cases[index]!;
  const sizes = (name: string) =>
    elements(kernel.bindings[name]!.shape.map((d) => dimension(d, { ...kernel.overrides, ...overrides, ...params })));
  const dtypeOf = (name: string): Dtype => {
    const { elem } = kernel.bindings[name]!;
    return elem === "act" ? (form.activations ?? "f32") : elem;
  };
  const inputs = rounded(makeInputs(kernelCase, index, sizes), form, dtypeOf);
  const bank = form.bank && bankTable(gpu, inputs.bank!, form.bank);
  const stores = new Map<string, Store>();
  const operands: Record<string, Operand> = {};
  for (const name of Object.keys(kernel.bindings)) {
    if (bank && name === "bank") {
      operands[name] = bank.operand;
      continue;
    }
    const store = new Store(gpu, `${kernel.name}.${name}`, "data"); // one buffer each: nothing may leak between bindings
    const dtype = dtypeOf(name);
    const slot = store.add(name, bytesFor([sizes(name)], dtype));
    const data = inputs[name];
    store.write(slot, data ? typed(dtype, data) : new Uint32Array(slot.bytes / 4).fill(dtype === "f16" ? POISON_HALVES : POISON));
    stores.set(name, store);
    operands[name] = { slot, shape: [sizes(name)], dtype };
  }
  const plan = new Plan(gpu, kernel.name);
  try {
    plan.launch(kernel, operands, params, grid, { overrides, flops });
    await plan.open();
    plan.run(step);
    const expected = kernelCase.ref(inputs, params, step, { ...kernel.overrides, ...overrides });
    for (const [name, { access }] of Object.entries(kernel.bindings)) {
      if (access !== "read_write") continue;
      const dtype = dtypeOf(name);
      const got = await (bank && name === "bank" ? bank.read() : read(stores.get(name)!, operands[name]!));
      const halves = dtype === "f16" || (name === "bank" && form.bank?.precision === "f16");
      const where = `${kernel.name}.${name} ${JSON.stringify(form)}`;
      compare(where, dtype, got, expected[name], (halves ? 2 ** -11 : 0) + (kernelCase.tolerance ?? 1e-5));
    }
  } finally {
    plan.close();
    bank?.destroy();
    for (const store of stores.values()) store.destroy();
  }
}

/** What is kept in halves, rounded to them. */
function rounded(inputs: Arrays, { bank }: Form, dtypeOf: (name: string) => Dtype): Arrays {
  const halves = (name: string) => (name === "bank" ? bank?.precision === "f16" : dtypeOf(name) === "f16");
  const round = (data: ArrayLike<number>) => fromHalf(toHalf(Float32Array.from(data)));
  return Object.fromEntries(Object.entries(inputs).map(([name, data]) => [name, halves(name) ? round(data) : data]));
}

async function read(store: Store, { slot, shape, dtype }: Operand): Promise<ArrayLike<number>> {
  if (dtype !== "f16") return store.read(slot, dtype);
  const { buffer } = await store.read(slot, "u32");
  return fromHalf(new Uint16Array(buffer, 0, elements(shape)));
}

function bankTable(gpu: Gpu, rows: ArrayLike<number>, { precision, shards }: BankForm): Table {
  const fours = 2 ** Math.ceil(Math.log2(rows.length / 4 / shards));
  const maxStorageBufferBindingSize = shards > 1 ? fours * (precision === "f16" ? 8 : 16) : gpu.limits.maxStorageBufferBindingSize;
  const table = new Table(withLimits(gpu, { maxStorageBufferBindingSize }), "bank", "bank", [rows.length], precision);
  table.write(Float32Array.from(rows));
  return table;
}

/** The case's own inputs and random numbers for the rest, rounded to what the device will see. */
function makeInputs({ kernel, cases, inputs }: KernelCase, index: number, size: (name: string) => number): Arrays {
  const random = sequence(index + 1);
  const own = inputs?.(cases[index]!.params, random) ?? {};
  const result: Record<string, ArrayLike<number>> = {};
  for (const [name, { access, elem }] of Object.entries(kernel.bindings)) {
    let data = own[name];
    if (!data && access === "read") {
      if (elem !== "f32" && elem !== "act") throw new Error(`${kernel.name}: give ${name} in inputs(); there is no default for ${elem}`);
      data = Float32Array.from({ length: size(name) }, () => 2 * random() - 1);
    }
    if (data) expect(data.length, `length of input ${name}`).toBe(size(name));
    if (data) result[name] = elem === "f32" || elem === "act" ? Float32Array.from(data) : data;
  }
  expect(
    Object.keys(own).filter((name) => !(name in kernel.bindings)),
    "inputs that are no bindings",
  ).toEqual([]);
  return result;
}

function typed(elem: Dtype, data: ArrayLike<number>): Float32Array | Uint32Array | Int32Array {
  if (elem === "f16") {
    const words = new Uint32Array(Math.ceil(data.length / 2));
    new Uint16Array(words.buffer).set(toHalf(Float32Array.from(data)));
    return words;
  }
  return elem === "f32" ? Float32Array.from(data) : elem === "u32" ? Uint32Array.from(data) : Int32Array.from(data);
}

function compare(name: string, elem: Dtype, got: ArrayLike<number>, expected: ArrayLike<number> | undefined, tolerance: number): void {
  if (!expected) throw new Error(`${name}: ref() gives no value for this output`);
  expect(got.length, name).toBe(expected.length);
  const poison = new Uint32Array([POISON]);
  // Halves that were never written are NaN, which no tolerance allows.
  const unwritten = elem === "f32" ? new Float32Array(poison.buffer)[0] : elem === "i32" ? POISON | 0 : POISON;
  const scale = Array.from(expected).reduce((max, v) => Math.max(max, Math.abs(v) || 0), 0);
  for (let i = 0; i < got.length; i++) {
    if (got[i] === unwritten) throw new Error(`${name}[${i}] of ${got.length} was never written`);
    if (Number.isNaN(expected[i])) continue;
    const error = Math.abs(got[i]! - expected[i]!);
    const allowed = elem === "f32" || elem === "f16" ? tolerance * scale : 0;
    if (!(error <= allowed)) throw new Error(`${name}[${i}] is ${got[i]}, expected ${expected[i]} (error ${error}, allowed ${allowed})`);
  }
}

/** A small generator of its own (xorshift32), so that the tests do not rest on the one under test. */
function sequence(seed: number): Random {
  let state = (seed * 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
