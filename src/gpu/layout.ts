import { GpuUnavailableError, InternalError, OutOfGpuMemoryError, ShapeError } from "../errors.ts";
import type { Gpu } from "./device.ts";
import type { BindingSpec, KernelSpec } from "./kernel.ts";
import type { Launch } from "./launch.ts";
import { mebibytes } from "./memory.ts";
import { bytesFor, type Operand, type Slot } from "./slot.ts";
import type { Store } from "./store.ts";

/**
 * How an operand's numbers lie where it is not one binding of f32. Only bindings that a kernel reads and writes through
 * shaders/lib/bank_read.wgsl and bank_write.wgsl may lie so.
 *
 * One launch reaches all shards, which are cut every 2^shift fours of numbers, across rows if need be: an index has its shard in its upper bits.
 * The alternative, a launch a shard that leaves parts for a combine, would draw every negative once a shard, add up in another order (a
 * sharded bank must give the bits of an unsharded one), and need memory for the parts of each shard. Here the kernels stay as they are, a bank
 * in one binding pays nothing, and the price is a comparison a load and shard and one storage binding a shard, of which an adapter has 8 or more.
 */
export interface Layout {
  /** Two numbers a word, in half precision, instead of one. */
  readonly half: boolean;
  /** Fours of numbers in each shard but the last: 2^shift. */
  readonly shift: number;
  /** The shards after the first, which is the operand's `slot`. */
  readonly more: readonly Slot[];
}

/** Bytes of an operand: of all its shards. */
export const bytesOf = ({ shape, dtype, layout }: Operand): number => bytesFor(shape, layout?.half ? "f16" : dtype);

/** The shards of an operand, in order. */
export const shardsOf = ({ slot, layout }: Operand): readonly Slot[] => [slot, ...(layout?.more ?? [])];

/**
 * A launch as the device can run it: where an operand has a layout of its own, a kernel that is written for it, with a binding for each shard.
 * @throws OutOfGpuMemoryError when these are more bindings than the adapter has
 */
export function laidOut(launch: Launch, { limits, name: adapter }: Gpu): Launch {
  const found = Object.entries(launch.operands).find(([, { layout }]) => layout !== undefined);
  const [name, operand] = found ?? [];
  if (name === undefined || !operand?.layout) return launch;
  const { layout } = operand;
  const kernel = written(launch.kernel, name, layout);
  const count = Object.keys(kernel.bindings).length;
  const shards = layout.more.length + 1;
  if (count > limits.maxStorageBuffersPerShaderStage) {
    throw new OutOfGpuMemoryError(
      `${kernel.name}: ${mebibytes(bytesOf(operand))} of rows lie in ${shards} shards of at most ${mebibytes(operand.slot.bytes)}: with ` +
        `${count - shards} other bindings ${count} storage buffers, but ${adapter} allows ${limits.maxStorageBuffersPerShaderStage} ` +
        `a kernel. ${layout.half ? "Use" : "Use precision f16,"} fewer rows or a smaller dimension.`,
    );
  }
  const more = layout.more.map((slot, i) => [shardName(name, i), { slot, shape: [slot.bytes / 4], dtype: "u32" }] as const);
  return { ...launch, kernel, operands: { ...launch.operands, ...Object.fromEntries(more) } };
}

/** The kernel with its accesses to binding `name` written for a layout. Lines stay where they are. */
function written(kernel: KernelSpec, name: string, { half, shift, more }: Layout): KernelSpec {
  const own = kernel.bindings[name] as BindingSpec;
  const first = Object.keys(kernel.bindings).length + (kernel.stepBinding === null ? 1 : 2); // a kernel's bindings are 0 to first - 1
  const arrays = [name, ...more.map((_, i) => shardName(name, i))];
  const numbers = arrays.map((_, i) => (i === 0 ? own.binding : first + i - 1));
  const type = half ? "vec2<u32>" : "vec4<f32>";
  const declare = (array: string, type: string, binding: number) =>
    `@group(0)@binding(${binding})var<storage,${own.access}>${array}:array<${type}>;`;
  const declared = arrays.map((array, i) => declare(array, type, numbers[i] ?? 0)).join("");
  const read = `var held:${type};${overShards(arrays, shift, (four) => `held=${four};`)}return ${half ? "four_of(held)" : "held"};`;
  const write = overShards(arrays, shift, (four) => `${four}=${half ? "words_of(four)" : "four"};`);
  let code = replaced(kernel, kernel.code, declare(name, "vec4<f32>", own.binding), declared);
  code = replaced(kernel, code, `return ${name}[at];`, read);
  if (own.access === "read_write") code = replaced(kernel, code, `${name}[at]=four;`, write);
  const file = `${kernel.file} (${name}: ${half ? "f16" : "f32"}, ${arrays.length} x 2^${shift})`; // pipelines are known by it
  const bindings = Object.fromEntries(arrays.map((array, i) => [array, { ...own, binding: numbers[i] ?? 0 }]));
  return { ...kernel, file, code, bindings: { ...kernel.bindings, ...bindings } };
}

const shardName = (name: string, i: number): string => `${name}_${i + 1}`;

/**
 * A statement about element `at`, in whichever shard that is. One `if` after the other: of a `switch` with three cases, SwiftShader compiles
 * bank_sampled's sixteen in 90 s instead of 0.7.
 */
function overShards(arrays: readonly string[], shift: number, statement: (element: string) => string): string {
  if (arrays.length === 1) return statement(`${arrays[0]}[at]`);
  const cases = arrays.map((array, i) => `if(shard==${i}u){${statement(`${array}[i]`)}}`);
  return `let shard=at>>${shift}u;let i=at&${2 ** shift - 1}u;${cases.join("")}`;
}

function replaced(kernel: KernelSpec, code: string, from: string, to: string): string {
  if (code.split(from).length !== 2) throw new InternalError(`${kernel.name}: no single "${from}"`);
  return code.replace(from, () => to);
}

/** Whether a launch's activations (bindings of element `act`) are f16. */
export const hasHalves = (operands: Launch["operands"]): boolean => Object.values(operands).some(({ dtype }) => dtype === "f16");

/**
 * Activations in f16 are read and written by a kernel's twin: the same text with another type of them, see shaders/lib/act.wgsl. It is made
 * here, so that no app downloads a kernel twice.
 * @throws GpuUnavailableError, naming the adapter, where it has no f16 in shaders
 */
export function twinned(launch: Launch, { features, name }: Gpu): Launch {
  const { kernel, operands } = launch;
  if (!hasHalves(operands)) return launch;
  if (!features.has("shader-f16")) throw new GpuUnavailableError(`activations f16 need shader-f16, which ${name} does not offer: use f32`);
  // A kernel's first line is a comment: lines stay where they are. Pipelines are known by the file.
  const code = `enable f16;${replaced(kernel, kernel.code, "alias Act=f32;", "alias Act=f16;")}`;
  return { ...launch, kernel: { ...kernel, code, file: `${kernel.file} (f16)` } };
}

/** All bytes of an operand that persists between steps, shard after shard. Waits for the steps submitted so far. */
export async function readBytes(operand: Operand): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(bytesOf(operand));
  let from = 0;
  for (const slot of shardsOf(operand)) {
    bytes.set(new Uint8Array((await storeOf(slot).read(slot, "u32")).buffer), from);
    from += slot.bytes;
  }
  return bytes;
}

/** Replaces all bytes of an operand that persists between steps. @throws ShapeError when `bytes` do not fill it exactly */
export function writeBytes(operand: Operand, bytes: Uint8Array): void {
  if (bytes.length !== bytesOf(operand))
    throw new ShapeError(`${operand.slot.label}: expected ${bytesOf(operand)} bytes for [${operand.shape}], got ${bytes.length}`);
  let from = 0;
  for (const slot of shardsOf(operand)) {
    storeOf(slot).write(slot, bytes.subarray(from, from + slot.bytes));
    from += slot.bytes;
  }
}

function storeOf({ home, label }: Slot): Store {
  if (!home) throw new InternalError(`${label} is in no store`);
  return home.store;
}
