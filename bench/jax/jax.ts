import * as jax from "@jax-js/jax";
import type { Contender, Form, Input, Inputs, Running, Size } from "../contract.ts";
import { fourBytes } from "../readback.ts";

export { jax };
export const { numpy: np, nn, lax } = jax;
export type Jax = jax.Array;

/** A case as jax-js does it: `run` is one step, its arguments still being there afterwards. */
export interface JaxStep {
  run(): Readonly<Record<string, Jax>>;
  readonly convert?: Readonly<Record<string, (values: ArrayLike<number>) => ArrayLike<number>>>;
  /** Arrays that live as long as the case. */
  held(): readonly Jax[];
}

/** A function of arrays, each of which it consumes. */
export type Fn = (...args: Jax[]) => Jax[];

/** @param jit turns a function into a compiled one (best form), or gives it back as it is (natural form) */
export type JaxCase = (size: Size, inputs: Inputs, jit: (f: Fn) => Fn) => JaxStep;

/** Value and gradients by the arguments of these numbers: [value, ...gradients]. */
export function valueAndGrads(f: (...args: Jax[]) => Jax, argnums: readonly number[]): Fn {
  const both = jax.valueAndGrad(f, { argnums: [...argnums] });
  return (...args) => {
    const [value, gradients] = both(...args);
    return [value, ...(gradients as Jax[])];
  };
}

/** Value and gradients by all arguments, given that of the value: [value, ...gradients]. */
export function pullBack(f: (...args: Jax[]) => Jax, args: readonly Jax[], dy: Jax): Jax[] {
  const [y, back] = jax.vjp(f, [...args]);
  const gradients = back(dy) as Jax[];
  back.dispose();
  return [y, ...gradients];
}

/** As one who knows jax-js writes it, and eagerly. */
const FORMS: readonly Form[] = ["best", "natural"];

export function jaxContenders(make: JaxCase, device: "webgpu" | "wasm"): Contender[] {
  return FORMS.flatMap((form) => {
    if (device === "wasm" && form === "natural") return [];
    return [{ variant: `jax-js-${device}` as const, form, prepare: (size, inputs) => prepare(make, device, form, size, inputs) }];
  });
}

async function use(device: "webgpu" | "wasm"): Promise<void> {
  const ready = await jax.init(device);
  if (!ready.includes(device)) throw new Error(`jax-js: the device ${device} does not start`);
  jax.defaultDevice(device);
}

async function prepare(make: JaxCase, device: "webgpu" | "wasm", form: Form, size: Size, inputs: Inputs): Promise<Running> {
  await use(device);
  const compiled = (f: Fn): Fn => jax.jit(f) as Fn;
  const jit = form === "best" ? compiled : (f: Fn) => f;
  const { run, convert = {}, held } = make(size, inputs, jit);
  let latest: Readonly<Record<string, Jax>> = {};
  const free = () => {
    for (const array of Object.values(latest)) array.dispose();
    latest = {};
  };
  return {
    async step() {
      await use(device);
      free();
      latest = run();
      const [first] = Object.values(latest);
      if (!first) throw new Error("no result to wait for");
      // Execution is lazy: results that nobody asks for are not computed.
      for (const array of Object.values(latest)) if (device === "webgpu") await array.ref.gpuBuffer();
      if (device === "webgpu") await fourBytes(jax.getWebGPUDevice(), await first.ref.gpuBuffer());
      else await jax.blockUntilReady(Object.values(latest));
    },
    async results() {
      await use(device);
      const read = async ([name, array]: [string, Jax]) => {
        const values = await array.ref.data();
        return [name, convert[name]?.(values) ?? values] as const;
      };
      return Object.fromEntries(await Promise.all(Object.entries(latest).map(read)));
    },
    close() {
      free();
      for (const array of held()) array.dispose();
    },
  };
}

/** An input as an array on the default device. */
export function array({ shape, data }: Input): Jax {
  const values = data instanceof Uint32Array ? Int32Array.from(data) : data;
  return np.array(values, { shape: [...shape], dtype: data instanceof Uint32Array ? np.int32 : np.float32 });
}

/** All inputs, uploaded before the first step. */
export function arrays<N extends string>(inputs: Inputs, ...names: readonly N[]): { readonly [name in N]: Jax } {
  return Object.fromEntries(
    names.map((name) => {
      const input = inputs[name];
      if (!input) throw new Error(`the case has no input "${name}"`);
      return [name, array(input)];
    }),
  ) as { readonly [name in N]: Jax };
}
