import { FormatError } from "../errors.ts";
import { type SafetensorsFile, takeTensor } from "../formats/safetensors.ts";
import type { Gpu } from "../gpu/device.ts";
import { Plan } from "../gpu/plan.ts";
import type { Operand } from "../gpu/slot.ts";
import { openTape } from "../ops/tape.ts";
import { Tensor } from "../tensor.ts";
import { Cmc, type CmcOptions } from "./cmc.ts";
import type { Results } from "./verify.ts";
import { rowNumbers, shapeOf } from "./verify_input.ts";

interface Case {
  readonly V: number;
  readonly B: number;
  readonly N: number;
  readonly D: number;
  readonly features: Float32Array;
  readonly banks: Float32Array;
  readonly index: Uint32Array;
  readonly negatives: Uint32Array;
  readonly options: CmcOptions;
}

/** One training step of CMC from given features: loss, its ordered pairs, gradient, the rows it writes and the normalisers it finds. */
export async function verifyCmc(gpu: Gpu, file: SafetensorsFile, config: unknown): Promise<Results> {
  const given = readCase(file, config);
  const { V, B, N, D } = given;
  const views = Array.from({ length: V }, (_, v) => ({ name: String(v) }));
  const objective = new Cmc(gpu, { rows: N, dim: D, views, encode: views.map(() => (_, features) => features) }, given.options);
  const plan = new Plan(gpu, "verify");
  try {
    objective.banks.write(given.banks);
    const features = views.map(({ name }) => plan.input(`features ${name}`, [B, D]));
    const index = plan.input("index", [B], "u32");
    const negatives = plan.input("negatives", [B, given.negatives.length / B], "u32");
    const tape = openTape(plan, true);
    const leaves = features.map((operand) => leafOf(operand));
    const { loss, pairs, commit } = objective.step(tape, { views: leaves, index, negatives });
    tape.backward(loss);
    commit();
    const gradients = leaves.map((leaf) => tape.gradient(leaf));
    for (const tensor of [loss, pairs, ...gradients]) if (tensor) plan.keep(tensor);
    await plan.open();
    const data = features.map((operand, v) => [operand, given.features.slice(v * B * D, (v + 1) * B * D)] as const);
    plan.run({ seed: 0, step: 0, epoch: 0, rate: 0 }, [...data, [index, given.index], [negatives, given.negatives]]);
    const gradient = await Promise.all(gradients.map(async (tensor) => (tensor ? Array.from(await plan.read(tensor)) : [])));
    return new Map<string, ArrayLike<number>>([
      ["loss", await plan.read(loss)],
      [
        "loss.pairs",
        pairTable(
          objective,
          V,
          Array.from(await plan.read(pairs)).filter((_, i) => i % 2 === 0),
        ),
      ],
      ["gradient.features", gradient.flat()],
      ["banks.rows", await writtenRows(objective, given)],
      ["normalizer", pairTable(objective, V, await objective.banks.z())],
    ]);
  } finally {
    plan.close();
    objective.destroy();
  }
}

function leafOf({ slot, shape }: Operand): Tensor {
  const leaf = new Tensor(slot, shape);
  leaf.requiresGrad = true;
  return leaf;
}

/** [V, V], anchors by row: 0 where there is no edge, or nothing is known. */
function pairTable({ edges }: Cmc, V: number, values: readonly (number | undefined)[]): Float64Array {
  const table = new Float64Array(V * V);
  edges.forEach(({ anchor, bank }, e) => {
    table[anchor * V + bank] = values[e] ?? 0;
  });
  return table;
}

async function writtenRows(objective: Cmc, { V, N, D, index }: Case): Promise<number[]> {
  const rows = await objective.banks.rows();
  const row = (v: number, y: number): number[] => Array.from(rows.subarray((v * N + y) * D, (v * N + y + 1) * D));
  return Array.from({ length: V }, (_, v) => Array.from(index, (y) => row(v, y)).flat()).flat();
}

function readCase(file: SafetensorsFile, config: unknown): Case {
  const [V = 0, B = 0, D = 0] = shapeOf(file, "input.features", 3);
  const [, N = 0] = shapeOf(file, "input.banks", 3);
  const [, K = 0] = shapeOf(file, "input.negatives", 2);
  return {
    ...{ V, B, N, D },
    features: takeTensor(file, "input.features", "F32", [V, B, D]),
    banks: takeTensor(file, "input.banks", "F32", [V, N, D]),
    index: rowNumbers(file, "input.index", [B], N),
    negatives: rowNumbers(file, "input.negatives", [B, K], N),
    options: readOptions(file, config),
  };
}

function readOptions({ name }: SafetensorsFile, config: unknown): CmcOptions {
  if (typeof config !== "object" || config === null || Array.isArray(config)) throw new FormatError(`${name}: config: expected an object`);
  const { paradigm, ...options } = config as { readonly [key: string]: unknown };
  if (paradigm !== "full" && paradigm !== "core")
    throw new FormatError(`${name}: config: paradigm: expected full or core, got ${JSON.stringify(paradigm)}`);
  return { ...options, graph: paradigm, start: "unit" }; // the constructor checks the rest
}
