import type { Gpu } from "./device.ts";
import type { Plan } from "./plan.ts";
import type { TypedArray } from "./readback.ts";
import type { Operand } from "./slot.ts";

// Adapters want opposite things of a kernel: big unrolled tiles win on SwiftShader and spill on lavapipe, a GPU wants workgroup memory. So hot
// work is a family of variants, and which one does it is looked up while recording: in what `tune` has measured, else in a fixed default.
//
// A further variant of an op: write its kernel, and add a `Variant` to the op's file in src/ops/variants/: what it needs of an adapter, which
// tasks it fits, how it is launched. `tune`, the log of a run and test/ops/variants.gpu.test.ts take it from there; where it wins on an adapter
// that we know, name it in `defaults`. An op's first variants: a task type (operands and sizes, the output among them) and a `Family` of it in
// the op's file, whose general variant is what the op did so far; `tape.perform(FAMILY, task)` in the place of its launch; a file of `Offers`
// in src/ops/variants/ and its line in index.ts there; cases in the test. The core has general variants alone: the others are loaded with
// the device (`equip`).

/** What an adapter must offer. Workgroup memory is not among it: a variant makes do with the 16 KiB that all have. */
export interface Needs {
  /** The feature "subgroups", with at least so many lanes in each. */
  readonly lanes: number;
}

/** One way to do a family's work. All variants of a family give the same result up to float rounding. */
export interface Variant<T> {
  /** Unique in its family, and kept in caches and checkpoints: what a name does may be improved, not replaced. */
  readonly name: string;
  readonly needs?: Needs;
  /** Whether it can do this task; left out: any. A choice that does not fit a task gives way to the default, then to the general one. */
  fits?(task: T): boolean;
  /** Appends its launches. Anything that decides the order of additions depends on the task alone, so that runs repeat. */
  record(plan: Plan, task: T): void;
}

export interface Family<T> {
  readonly name: string;
  /** Needs nothing and fits every task. */
  readonly general: Variant<T>;
  /** Name of a task's class: tasks that want the same variant. */
  classOf(task: T): string;
}

/** Adapters by what they want. */
export type AdapterKind = "swiftshader" | "llvmpipe" | "gpu";

export interface ShapeClass<T> {
  /** Names of variants that serve where nothing was measured. */
  readonly defaults: { readonly [K in AdapterKind]: string };
  /** A typical task, small enough to be timed in milliseconds. Inputs are `plan.input`s; those that are not fed hold zeros. */
  example(plan: Plan): { readonly task: T; readonly result: Operand; readonly feed: readonly (readonly [Operand, TypedArray])[] };
}

/** A family with everything that can stand in for its general variant. */
export interface Offers<T> {
  readonly family: Family<T>;
  readonly variants: readonly Variant<T>[];
  /** By the names that `classOf` gives. */
  readonly classes: { readonly [shape: string]: ShapeClass<T> };
}

/** Names of variants by "family/class": `{"matmul/nn large": "sub16"}`. What is not named has its default. */
export type Choices = { readonly [familyAndClass: string]: string };

/** What a device records by. */
export interface VariantTable {
  /** Empty: general variants do everything. */
  readonly offers: readonly Offers<unknown>[];
  readonly choices: Choices;
  /** Where the choices are from, in words. */
  readonly origin: string;
}

export const choiceKey = (family: string, shape: string): string => `${family}/${shape}`;

export const adapterKind = ({ name, adapter }: Gpu): AdapterKind =>
  /swiftshader/i.test(name) ? "swiftshader" : adapter.software ? "llvmpipe" : "gpu";

/** Whether the adapter has what the variant needs. */
export const supports = ({ features, adapter }: Gpu, { needs }: Variant<unknown>): boolean =>
  !needs || (features.has("subgroups") && adapter.subgroupMinSize >= needs.lanes);

/**
 * The variant for a task: the chosen one, else the default of such adapters, else the general one.
 * `chosen` is the name that tasks of its class go by here; a task that it does not fit gets the next.
 */
export function choose<T>(
  gpu: Gpu,
  family: Family<T>,
  task: T,
): { readonly key: string; readonly chosen: string; readonly variant: Variant<T> } {
  const { general } = family;
  const { offers, choices } = gpu.variants;
  const shape = family.classOf(task);
  const key = choiceKey(family.name, shape);
  const own = offers.find((o) => o.family === family);
  const all = [general, ...((own?.variants ?? []) as readonly Variant<T>[])];
  const named = [choices[key], own?.classes[shape]?.defaults[adapterKind(gpu)], general.name];
  const possible = named.flatMap((name) => all.find((v) => v.name === name && supports(gpu, v)) ?? []);
  return { key, chosen: possible[0]?.name ?? "", variant: possible.find((v) => v.fits?.(task) ?? true) ?? general };
}

/** The same device under another table. Plans recorded on it use that table; everything else is shared. */
export const withVariants = (gpu: Gpu, variants: VariantTable): Gpu => ({
  ...gpu,
  variants,
  measured: (name, measure) => gpu.measured(name, measure),
  check: () => gpu.check(),
  close: () => gpu.close(),
});
