import type { Normalizer } from "../bank/normalizer.ts";
import { FormatError } from "../errors.ts";
import { type SafetensorsFile, takeTensor } from "../formats/safetensors.ts";
import type { Gpu } from "../gpu/device.ts";
import { Plan } from "../gpu/plan.ts";
import { openTape } from "../ops/tape.ts";
import { Tensor } from "../tensor.ts";
import { InstDisc, type InstDiscOptions } from "./instdisc.ts";
import type { Results } from "./verify.ts";
import { rowNumbers, shapeOf } from "./verify_input.ts";

interface Case {
  readonly B: number;
  readonly N: number;
  readonly D: number;
  readonly features: Float32Array;
  readonly bank: Float32Array;
  readonly index: Uint32Array;
  readonly negatives: Uint32Array;
  readonly options: InstDiscOptions;
}

/** One training step of InstDisc from given features: loss, gradient, the rows it writes and the normaliser it finds. */
export async function verifyInstDisc(gpu: Gpu, file: SafetensorsFile, config: unknown): Promise<Results> {
  const given = readCase(file, config);
  const { B, N, D } = given;
  const objective = new InstDisc(gpu, { rows: N, dim: D, encode: (_, features) => features }, given.options);
  const plan = new Plan(gpu, "verify");
  try {
    objective.bank.write(given.bank);
    const features = plan.input("features", [B, D]);
    const index = plan.input("index", [B], "u32");
    const negatives = plan.input("negatives", [B, given.negatives.length / B], "u32");
    const tape = openTape(plan, true);
    const leaf = new Tensor(features.slot, features.shape);
    leaf.requiresGrad = true;
    const { loss, report, commit } = objective.step(tape, { views: [leaf], index, negatives });
    tape.backward(loss);
    commit();
    const wanted = [...Object.entries(report), ["gradient.features", tape.gradient(leaf)] as const];
    for (const [, tensor] of wanted) if (tensor) plan.keep(tensor);
    await plan.open();
    const inputs = [[features, given.features] as const, [index, given.index] as const, [negatives, given.negatives] as const];
    plan.run({ seed: 0, step: 0, epoch: 0, rate: 0 }, inputs);
    const results = new Map<string, ArrayLike<number>>();
    for (const [name, tensor] of wanted) if (tensor) results.set(name, await plan.read(tensor));
    results.set("bank.rows", await writtenRows(objective, given));
    const z = await objective.bank.z();
    return z === undefined ? results : results.set("normalizer", [z]);
  } finally {
    plan.close();
    objective.destroy();
  }
}

async function writtenRows(objective: InstDisc, { index, D }: Case): Promise<number[]> {
  const rows = await objective.bank.rows();
  return Array.from(index).flatMap((y) => Array.from(rows.subarray(y * D, (y + 1) * D)));
}

function readCase(file: SafetensorsFile, config: unknown): Case {
  const [B = 0, D = 0] = shapeOf(file, "input.features", 2);
  const [N = 0] = shapeOf(file, "input.bank", 2);
  const [, K = 0] = shapeOf(file, "input.negatives", 2);
  return {
    ...{ B, N, D },
    features: takeTensor(file, "input.features", "F32", [B, D]),
    bank: takeTensor(file, "input.bank", "F32", [N, D]),
    index: rowNumbers(file, "input.index", [B], N),
    negatives: rowNumbers(file, "input.negatives", [B, K], N),
    options: readOptions(file, config),
  };
}

function readOptions({ name }: SafetensorsFile, config: unknown): InstDiscOptions {
  if (typeof config !== "object" || config === null || Array.isArray(config)) throw new FormatError(`${name}: config: expected an object`);
  const { normalizer, ...options } = config as { readonly [key: string]: unknown };
  if (normalizer === undefined) return { ...options, start: "unit" };
  if (typeof normalizer !== "number")
    throw new FormatError(`${name}: config: normalizer: expected a number, got ${JSON.stringify(normalizer)}`);
  const given: Normalizer = { kind: "given", value: normalizer };
  return { ...options, start: "unit", normalizer: given }; // the constructor checks the rest
}
