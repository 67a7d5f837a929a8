import type { Tape } from "../../src/autograd.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import type { Plan } from "../../src/gpu/plan.ts";
import type { TypedArray } from "../../src/gpu/readback.ts";
import type { Operand } from "../../src/gpu/slot.ts";
import type { StepValues } from "../../src/gpu/step.ts";
import type { Tensor } from "../../src/tensor.ts";
import type { Contender, Inputs, Results, Running, Size } from "../contract.ts";

/** A recorded step of nearfar's, not open yet. */
export interface OursStep {
  readonly plan: Plan;
  /** What to read back, under the names of the reference; the step ends when four bytes of the first have come. */
  readonly results: Readonly<Record<string, Operand>>;
  /** Results of another layout than the reference's. */
  readonly convert?: Readonly<Record<string, (values: ArrayLike<number>) => ArrayLike<number>>>;
  /** Inputs that are uploaded before the first step and stay. */
  readonly feed: readonly (readonly [Operand, TypedArray])[];
  /** Of a training step. */
  readonly values?: (step: number) => StepValues;
  close?(): void;
}

/** Records a case. */
export type OursCase = (gpu: Gpu, size: Size, inputs: Inputs) => OursStep | Promise<OursStep>;

export function oursContender(gpu: Gpu, record: OursCase): Contender {
  return { variant: "ours", form: "best", prepare: (size, inputs) => prepare(gpu, record, size, inputs) };
}

async function prepare(gpu: Gpu, record: OursCase, size: Size, inputs: Inputs): Promise<Running> {
  const { plan, results, convert = {}, feed, values, close } = await record(gpu, size, inputs);
  for (const operand of Object.values(results)) plan.keep(operand);
  await plan.open();
  const [first] = Object.values(results);
  if (!first) throw new Error("no result to wait for");
  const tiny: Operand = { ...first, shape: [1] };
  let step = 0;
  return {
    async step() {
      plan.run(values?.(step), step === 0 ? feed : []);
      step++;
      await plan.read(tiny);
    },
    async results() {
      const read = async ([name, operand]: [string, Operand]) => {
        const found = await plan.read(operand);
        return [name, convert[name]?.(found) ?? found] as const;
      };
      return Object.fromEntries(await Promise.all(Object.entries(results).map(read))) satisfies Results;
    },
    close() {
      plan.close();
      close?.();
    },
  };
}

/** The numbers of an input. @throws Error when the case has none of that name and type */
export function given(inputs: Inputs, name: string, dtype: "f32"): Float32Array<ArrayBuffer>;
export function given(inputs: Inputs, name: string, dtype: "u32"): Uint32Array<ArrayBuffer>;
export function given(inputs: Inputs, name: string, dtype: "f32" | "u32"): TypedArray {
  const data = inputs[name]?.data;
  if (!data || data instanceof Float32Array !== (dtype === "f32")) throw new Error(`the case has no ${dtype} input "${name}"`);
  return data;
}

/** @throws Error when the loss does not depend on the tensor */
export function gradientOf(tape: Tape, tensor: Tensor): Tensor {
  const gradient = tape.gradient(tensor);
  if (!gradient) throw new Error("no gradient was recorded");
  return gradient;
}
