import { InternalError, ShapeError } from "../errors.ts";
import { dimension, type KernelSpec } from "./kernel.ts";
import { bytesOf, hasHalves, shardsOf } from "./layout.ts";
import { elements, type Operand } from "./slot.ts";

/**
 * How far over the budget the finest cut of a launch may stay. The budget is half of the time after which a GPU is reset, for the
 * slowest kernel there is, from a measurement that a busy machine makes too low: a little over it is no reason to refuse a run.
 */
const MAX_OVER_BUDGET = 4;

/** One recorded kernel launch, checked against the kernel's shape lines. */
export interface Launch {
  readonly kernel: KernelSpec;
  readonly operands: { readonly [binding: string]: Operand };
  readonly params: { readonly [name: string]: number };
  readonly overrides: { readonly [name: string]: number };
  /** Workgroups along x, y, z. */
  readonly grid: readonly [number, number, number];
  /** Floating-point operations of the whole launch, for splitting and for the bench. */
  readonly flops: number;
}

/** A part of a launch that one dispatch does: `origin` goes into the kernel's x0, y0, z0. */
export interface Dispatch {
  readonly origin: readonly [number, number, number];
  readonly grid: readonly [number, number, number];
}

const AXES = ["x0", "y0", "z0"] as const;
const MAX_GROUPS = 65535; // maxComputeWorkgroupsPerDimension: the default, and what every adapter gives

/** Throws ShapeError when a binding, a parameter or an override is missing, unknown, or does not have the size its shape line says. */
export function checkLaunch(launch: Launch): void {
  const { kernel, operands, params, overrides } = launch;
  checkNames(kernel, "operand", Object.keys(kernel.bindings), Object.keys(operands));
  const given = Object.keys(kernel.params).filter((name) => !AXES.some((axis) => axis === name));
  checkNames(kernel, "parameter", given, Object.keys(params));
  for (const name of Object.keys(overrides)) {
    if (!(name in kernel.overrides)) throw new ShapeError(`${kernel.name}: no override \`${name}\` (${kernel.file})`);
  }
  for (const [name, value] of Object.entries(params)) checkParam(kernel, name, value);
  checkSizes(launch);
}

function checkNames(kernel: KernelSpec, what: string, expected: readonly string[], got: readonly string[]): void {
  const missing = expected.filter((name) => !got.includes(name));
  const unknown = got.filter((name) => !expected.includes(name));
  if (missing.length + unknown.length === 0) return;
  throw new ShapeError(`${kernel.name}: ${what}s missing [${missing}], unknown [${unknown}] (${kernel.file})`);
}

function checkParam(kernel: KernelSpec, name: string, value: number): void {
  const type = kernel.params[name];
  const ok =
    type === "f32" ? Number.isFinite(value) : Number.isInteger(value) && value >= (type === "u32" ? 0 : -(2 ** 31)) && value < 2 ** 32;
  if (!ok) throw new ShapeError(`${kernel.name}: parameter \`${name}\` is ${type}, got ${value} (${kernel.file})`);
}

function checkSizes({ kernel, operands, params, overrides }: Launch): void {
  const values = { ...kernel.overrides, ...overrides, ...params };
  const act = hasHalves(operands) ? "f16" : "f32"; // all activations of a launch alike
  for (const [name, spec] of Object.entries(kernel.bindings)) {
    const operand = operands[name];
    if (!operand) continue;
    const elem = spec.elem === "act" ? act : spec.elem;
    const sizes = spec.shape.map((expression) => dimension(expression, values));
    const expected = elements(sizes);
    const got = elements(operand.shape);
    const bytes = shardsOf(operand).reduce((sum, slot) => sum + slot.bytes, 0);
    if (got === expected && operand.dtype === elem && got > 0 && bytes >= bytesOf(operand)) continue;
    const named = spec.shape.map((expression, i) => `${expression}=${sizes[i]}`).join(", ");
    throw new ShapeError(
      `${kernel.name}: \`${name}\` is ${operand.dtype}[${operand.shape}] (${got} elements), but ${name}: ${elem}[${spec.shape}] ` +
        `needs ${expected} (${named}).  (${kernel.file}:${spec.line})`,
    );
  }
}

/**
 * Cuts a launch into dispatches of at most `maxFlops` operations and 65,535 workgroups an axis. Operating systems reset a GPU
 * whose dispatch takes about two seconds, so long work must be cut; a kernel allows it by declaring `x0`, `y0` or `z0`.
 */
export function split({ kernel, grid, flops }: Launch, maxFlops: number): Dispatch[] {
  if (grid.some((n) => !Number.isSafeInteger(n) || n < 1)) throw new InternalError(`${kernel.name}: grid [${grid}] (${kernel.file})`);
  const parts = AXES.map((axis, i) => (axis in kernel.params ? Math.ceil((grid[i] ?? 1) / MAX_GROUPS) : 1));
  grid.forEach((n, i) => {
    if (n > MAX_GROUPS * (parts[i] ?? 1))
      throw new ShapeError(`${kernel.name}: ${n} workgroups along ${"xyz"[i]}, and ${kernel.file} has no ${AXES[i]}`);
  });
  const wanted = Math.max(1, Math.ceil(flops / maxFlops / parts.reduce((a, b) => a * b, 1)));
  const axes = [0, 1, 2].filter((i) => (AXES[i] ?? "") in kernel.params).toSorted((a, b) => (grid[b] ?? 1) - (grid[a] ?? 1));
  let left = wanted;
  for (const axis of axes) {
    const more = Math.min(left, Math.ceil((grid[axis] ?? 1) / (parts[axis] ?? 1)));
    parts[axis] = (parts[axis] ?? 1) * more;
    left = Math.ceil(left / more);
  }
  if (left > MAX_OVER_BUDGET) {
    throw new ShapeError(
      `${kernel.name}: ${flops.toExponential(2)} operations in [${grid}] workgroups cannot be cut into dispatches of ` +
        `${maxFlops.toExponential(2)} (the budget on this adapter). Use a smaller batch.  (${kernel.file})`,
    );
  }
  return ranges(grid[0], parts[0] ?? 1).flatMap(([x, nx]) =>
    ranges(grid[1], parts[1] ?? 1).flatMap(([y, ny]) =>
      ranges(grid[2], parts[2] ?? 1).map(([z, nz]): Dispatch => ({ origin: [x, y, z], grid: [nx, ny, nz] })),
    ),
  );
}

function ranges(total: number, parts: number): [start: number, length: number][] {
  const size = Math.ceil(total / parts);
  return Array.from({ length: Math.ceil(total / size) }, (_, i) => [i * size, Math.min(size, total - i * size)]);
}

/** Bytes of `struct Params` for one dispatch. */
export function packParams({ kernel, params }: Launch, { origin }: Dispatch): ArrayBuffer {
  const bytes = new ArrayBuffer(kernel.paramsBytes);
  const view = new DataView(bytes);
  const values: { readonly [name: string]: number } = { ...params, x0: origin[0], y0: origin[1], z0: origin[2] };
  for (const [i, [name, type]] of Object.entries(kernel.params).entries()) {
    const value = values[name] ?? 0;
    if (type === "f32") view.setFloat32(4 * i, value, true);
    else if (type === "i32") view.setInt32(4 * i, value, true);
    else view.setUint32(4 * i, value, true);
  }
  return bytes;
}
