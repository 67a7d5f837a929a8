import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import "@tensorflow/tfjs-backend-webgpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import type { Contender, Form, Input, Inputs, Running, Size } from "../contract.ts";
import { fourBytes } from "../readback.ts";

export type Tensors = Readonly<Record<string, tf.Tensor>>;

/** A case as tfjs does it: `run` is one step. */
export interface TfStep {
  run(): Tensors;
  /** Results that tfjs lays out in another way than the reference does. */
  readonly convert?: Readonly<Record<string, (values: ArrayLike<number>) => ArrayLike<number>>>;
  /** Tensors that live as long as the case. */
  readonly held: readonly tf.Tensor[];
  close?(): void;
}

export type TfCase = (size: Size, inputs: Inputs) => TfStep;
/** The forms of a case; `natural` only where it differs. */
export type TfForms = { readonly [F in Form]?: TfCase };

export { tf };

/** Where the page finds tfjs's wasm binaries. */
export const WASM_FOLDER = "tfjs-wasm/";

export function tfContenders(forms: TfForms, backend: "webgpu" | "wasm"): Contender[] {
  return (["best", "natural"] as const).flatMap((form) => {
    const make = forms[form];
    // On the CPU the two differ little, and the slow form is very slow.
    if (!make || (backend === "wasm" && form === "natural")) return [];
    return [{ variant: `tfjs-${backend}` as const, form, prepare: (size, inputs) => prepare(make, backend, size, inputs) }];
  });
}

async function use(backend: "webgpu" | "wasm"): Promise<void> {
  if (tf.getBackend() === backend) return;
  if (backend === "wasm") setWasmPaths(WASM_FOLDER);
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs: the backend ${backend} does not start`);
  await tf.ready();
}

async function prepare(make: TfCase, backend: "webgpu" | "wasm", size: Size, inputs: Inputs): Promise<Running> {
  await use(backend);
  const { run, convert = {}, held, close } = make(size, inputs);
  let latest: Tensors = {};
  const free = () => tf.dispose(Object.values(latest));
  return {
    async step() {
      await use(backend);
      free();
      latest = run();
      const [first] = Object.values(latest);
      if (!first) throw new Error("no result to wait for");
      await (backend === "webgpu" ? firstBytes(first) : first.data());
    },
    async results() {
      await use(backend);
      const read = async ([name, tensor]: [string, tf.Tensor]) =>
        [name, convert[name]?.(await tensor.data()) ?? (await tensor.data())] as const;
      return Object.fromEntries(await Promise.all(Object.entries(latest).map(read)));
    },
    close() {
      free();
      tf.dispose([...held]);
      close?.();
    },
  };
}

/** What is used of tfjs's WebGPU backend beside its public face. */
interface WebGpuBackend {
  readonly device: GPUDevice;
  readonly tensorMap: { get(id: object): { readonly resource?: GPUBuffer; readonly values?: unknown } };
  readonly commandEncoder: object | null;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

/** Sends what is pending and waits for four bytes, as for every library; `data()` would fetch the whole tensor. */
async function firstBytes(tensor: tf.Tensor): Promise<void> {
  const backend = tf.backend() as unknown as WebGpuBackend;
  const { resource } = backend.tensorMap.get(tensor.dataId);
  if (!resource) {
    await tensor.data(); // a small tensor that was computed on the CPU
    return;
  }
  if (backend.commandEncoder) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  } // else the last batch has just been sent
  await fourBytes(backend.device, resource);
}

/** An input as a tensor. */
export function tensor({ shape, data }: Input): tf.Tensor {
  return tf.tensor(
    data instanceof Uint32Array ? Int32Array.from(data) : data,
    [...shape],
    data instanceof Uint32Array ? "int32" : "float32",
  );
}

/** All inputs, uploaded before the first step. */
export function tensors<N extends string>(inputs: Inputs, ...names: readonly N[]): { readonly [name in N]: tf.Tensor } {
  return Object.fromEntries(
    names.map((name) => {
      const input = inputs[name];
      if (!input) throw new Error(`the case has no input "${name}"`);
      return [name, tensor(input)];
    }),
  ) as { readonly [name in N]: tf.Tensor };
}
