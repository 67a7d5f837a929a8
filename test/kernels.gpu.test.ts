import { describe, expect, test } from "vitest";
import { type Precision, Table } from "../src/bank/table.ts";
import { fromHalf, toHalf } from "../src/formats/half.ts";
import type { Gpu } from "../src/gpu/device.ts";
import { dimension, type KernelSpec } from "../src/gpu/kernel.ts";
import * as kernels from "../src/gpu/kernels.gen.ts";
import type { Launch } from "../src/gpu/launch.ts";
import { dispatchBudget } from "../src/gpu/measure.ts";
import { Plan } from "../src/gpu/plan.ts";
import { type Dtype, elements, type Operand } from "../src/gpu/slot.ts";
import { STILL } from "../src/gpu/step.ts";
import { Store } from "../src/gpu/store.ts";
import { testGpu, withLimits } from "./host.ts";
import type { Arrays, KernelCase, Random } from "./kernel_case.ts";

const files = import.meta.glob<{ kernelCase?: KernelCase }>("./kernels/*.ts", { eager: true });
const cases = Object.values(files).flatMap(({ kernelCase }) => (kernelCase ? [kernelCase] : []));

/** What an output holds before the kernel runs: finite as f32 (-6.26e18), and nothing a kernel computes by chance. */
const POISON = 0xdeadbeef;

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
        if ("bank" in kernelCase.kernel.bindings) await check(gpu, kernelCase, i, 0, FORMS[i % FORMS.length]);
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
const FORMS: readonly BankForm[] = [
  { precision: "f16", shards: 1 },
  { precision: "f32", shards: 4 },
  { precision: "f16", shards: 4 },
];

/** Workgroups along the axes along which a plan may cut the kernel. */
function cuttable({ kernel, cases }: KernelCase, index: number): number {
  return ["x0", "y0", "z0"].reduce((n, axis, i) => n * (axis in kernel.params ? (cases[index]!.grid[i] ?? 1) : 1), 1);
}

async function check(gpu: Gpu, kernelCase: KernelCase, index: number, flops: number, form?: BankForm): Promise<void> {
  const { kernel } = kernelCase;
  const { params, grid, overrides = {}, step = STILL } = kernelCase.cases[index]!;
  const sizes = (name: string) =>
    elements(kernel.bindings[name]!.shape.map((d) => dimension(d, { ...kernel.overrides, ...overrides, ...params })));
  const inputs = rounded(makeInputs(kernelCase, index, sizes), form);
  const bank = form && bankTable(gpu, inputs.bank!, form);
  const stores = new Map<string, Store>();
  const operands: Record<string, Operand> = {};
  for (const [name, { elem }] of Object.entries(kernel.bindings)) {
    if (bank && name === "bank") {
      operands[name] = bank.operand;
      continue;
    }
    const store = new Store(gpu, `${kernel.name}.${name}`, "data"); // one buffer each: nothing may leak between bindings
    const slot = store.add(name, 4 * sizes(name));
    const data = inputs[name];
    store.write(slot, data ? typed(elem, data) : new Uint32Array(sizes(name)).fill(POISON));
    stores.set(name, store);
    operands[name] = { slot, shape: [sizes(name)], dtype: elem };
  }
  const plan = new Plan(gpu, kernel.name);
  plan.launch(kernel, operands, params, grid, { overrides, flops });
  await plan.open();
  plan.run(step);
  const expected = kernelCase.ref(inputs, params, step, { ...kernel.overrides, ...overrides });
  try {
    for (const [name, { access, elem }] of Object.entries(kernel.bindings)) {
      if (access !== "read_write") continue;
      const got = await (stores.get(name)?.read(operands[name]!.slot, elem) ?? bank!.read());
      const rounding = name === "bank" && form?.precision === "f16" ? 2 ** -11 : 0;
      const where = `${kernel.name}.${name} ${form ? `(bank: ${JSON.stringify(form)})` : ""}`;
      compare(where, elem, got, expected[name], rounding + (kernelCase.tolerance ?? 1e-5));
    }
  } finally {
    plan.close();
    bank?.destroy();
    for (const store of stores.values()) store.destroy();
  }
}

/** What a bank in halves holds. */
function rounded(inputs: Arrays, form?: BankForm): Arrays {
  return form?.precision === "f16" ? { ...inputs, bank: fromHalf(toHalf(Float32Array.from(inputs.bank!))) } : inputs;
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
      if (elem !== "f32") throw new Error(`${kernel.name}: give ${name} in inputs(); there is no default for ${elem}`);
      data = Float32Array.from({ length: size(name) }, () => 2 * random() - 1);
    }
    if (data) expect(data.length, `length of input ${name}`).toBe(size(name));
    if (data) result[name] = elem === "f32" ? Float32Array.from(data) : data;
  }
  expect(
    Object.keys(own).filter((name) => !(name in kernel.bindings)),
    "inputs that are no bindings",
  ).toEqual([]);
  return result;
}

function typed(elem: Dtype, data: ArrayLike<number>): Float32Array | Uint32Array | Int32Array {
  return elem === "f32" ? Float32Array.from(data) : elem === "u32" ? Uint32Array.from(data) : Int32Array.from(data);
}

function compare(name: string, elem: Dtype, got: ArrayLike<number>, expected: ArrayLike<number> | undefined, tolerance: number): void {
  if (!expected) throw new Error(`${name}: ref() gives no value for this output`);
  expect(got.length, name).toBe(expected.length);
  const poison = new Uint32Array([POISON]);
  const unwritten = elem === "f32" ? new Float32Array(poison.buffer)[0] : elem === "i32" ? POISON | 0 : POISON;
  const scale = Array.from(expected).reduce((max, v) => Math.max(max, Math.abs(v) || 0), 0);
  for (let i = 0; i < got.length; i++) {
    if (got[i] === unwritten) throw new Error(`${name}[${i}] of ${got.length} was never written`);
    if (Number.isNaN(expected[i])) continue;
    const error = Math.abs(got[i]! - expected[i]!);
    const allowed = elem === "f32" ? tolerance * scale : 0;
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
