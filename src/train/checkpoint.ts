import { NonFiniteError } from "../errors.ts";
import { halvesFinite } from "../formats/half.ts";
import { type SafeTensor, writeSafetensors } from "../formats/safetensors.ts";
import { readBytes } from "../gpu/layout.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Choices } from "../gpu/variants.ts";
import { VERSION } from "../version.ts";
import type { TrainConfig } from "./config.ts";
import type { Baseline } from "./events.ts";

/** File name within a run folder. */
export const CHECKPOINT = "checkpoint.safetensors";
/** What `format` of its metadata says. */
export const FORMAT = "nearfar-checkpoint-1";

/** Named tensors on the device that a run is made of: parameters, running statistics, momentum, bank, normaliser. */
export type State = ReadonlyMap<string, Operand>;

/** What a checkpoint says besides its tensors. */
export interface CheckpointInfo {
  readonly config: TrainConfig;
  /** Steps done; the next one to run. */
  readonly step: number;
  /** Of the training data: a bank row belongs to one sample. */
  readonly fingerprint: string;
  readonly adapter: string;
  readonly baseline: Baseline | null;
  /** Variants of kernels that its steps were made by; undefined: general ones alone, there were no others. */
  readonly variants: Choices | undefined;
  /** Of a run on text: the words that it tells apart, number 1, 2, ... */
  readonly vocabulary: readonly string[] | undefined;
}

export interface Checkpoint extends CheckpointInfo {
  readonly tensors: ReadonlyMap<string, SafeTensor>;
}

/**
 * Reads every tensor of the run back and packs them with PyTorch's names and layouts, so that `safetensors.torch.load_file` reads
 * the file. @throws NonFiniteError naming the tensor when one holds NaN or infinity: such a state must never replace a good one.
 */
export async function packCheckpoint(state: State, info: CheckpointInfo): Promise<Uint8Array> {
  const tensors = new Map<string, SafeTensor>();
  for (const [name, operand] of state) {
    const tensor = asSafeTensor(operand, (await readBytes(operand)).buffer);
    if (!allFinite(tensor)) {
      throw new NonFiniteError(`${name} holds a value that is not finite after step ${info.step}: the checkpoint was not written`);
    }
    tensors.set(name, tensor);
  }
  const { config, step, fingerprint, adapter, baseline, variants, vocabulary } = info;
  return writeSafetensors(tensors, {
    format: FORMAT,
    nearfar: VERSION,
    config: JSON.stringify(config),
    step: String(step),
    fingerprint,
    adapter,
    baseline: JSON.stringify(baseline),
    ...(variants && { variants: JSON.stringify(variants) }),
    ...(vocabulary && { vocabulary: JSON.stringify(vocabulary) }),
  });
}

/** What a tensor on the device is in the file: its bits as they are, halves as F16. */
export const safeDtypeOf = ({ dtype, layout }: Operand) =>
  layout?.half ? "F16" : ({ f32: "F32", f16: "F16", u32: "U32", i32: "I32" } as const)[dtype];

function asSafeTensor(operand: Operand, bits: ArrayBuffer): SafeTensor {
  const { shape } = operand;
  const dtype = safeDtypeOf(operand);
  if (dtype === "F32") return { dtype, shape, data: new Float32Array(bits) };
  if (dtype === "F16") return { dtype, shape, data: new Uint16Array(bits) };
  return dtype === "U32" ? { dtype, shape, data: new Uint32Array(bits) } : { dtype, shape, data: new Int32Array(bits) };
}

function allFinite({ dtype, data }: SafeTensor): boolean {
  if (dtype === "F16") return halvesFinite(data);
  return dtype !== "F32" || data.every(Number.isFinite);
}
