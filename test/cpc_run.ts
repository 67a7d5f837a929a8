import { Plan } from "../src/gpu/plan.ts";
import { type InfoNceOptions, infoNce } from "../src/ops/info_nce.ts";
import { openTape } from "../src/ops/tape.ts";
import { Tensor } from "../src/tensor.ts";
import { dotOf, drawnRows, infoNceOf, inScope, NO_FRAME, predicts } from "./cpc_truth.ts";
import { testGpu } from "./host.ts";

/** Options of a case, with numbers where the op has operands. */
export type CpcCase = Omit<InfoNceOptions, "groups" | "episodes"> & {
  readonly groups?: readonly number[];
  readonly episodes?: readonly number[];
};

export const STEP = { seed: 11, step: 3, epoch: 0, rate: 0 };
const SCOPES = ["all", "sequence", "others", "speaker", "speaker-others"];

/** Predictions [B, T, Q, D] and latents [B, T, D]. */
export interface CpcInput {
  readonly B: number;
  readonly T: number;
  readonly Q: number;
  readonly D: number;
  readonly q: Float32Array | Float64Array;
  readonly z: Float32Array | Float64Array;
}

/** The op on the device, recorded once. */
export async function runInfoNce({ B, T, Q, D, q, z }: CpcInput, { groups, episodes, ...options }: CpcCase) {
  const plan = new Plan(await testGpu(), "cpc");
  const tape = openTape(plan, true);
  const leaf = (label: string, shape: readonly number[]) => {
    const { slot } = plan.input(label, shape);
    const tensor = new Tensor(slot, shape);
    tensor.requiresGrad = true;
    return tensor;
  };
  const [predictions, latents] = [leaf("predictions", [B, T, Q, D]), leaf("latents", [B, T, D])];
  const given = {
    ...(groups && { groups: plan.input("groups", [B], "u32") }),
    ...(episodes && { episodes: plan.input("episodes", [B, T], "u32") }),
  };
  const { steps, tally, ...scalars } = infoNce(tape, predictions, latents, { ...options, ...given });
  tape.backward(scalars.loss);
  const launches = plan.launches.map(({ kernel }) => kernel.name);
  const [dq, dz] = [tape.gradient(predictions)!, tape.gradient(latents)!];
  const wanted = { ...scalars, losses: steps.loss, accuracies: steps.accuracy, bounds: steps.bound, tally, dq, dz };
  for (const tensor of Object.values(wanted)) plan.keep(tensor);
  await plan.open();
  plan.run(STEP, [
    [predictions, Float32Array.from(q)],
    [latents, Float32Array.from(z)],
    ...(given.groups ? [[given.groups, Uint32Array.from(groups!)] as const] : []),
    ...(given.episodes ? [[given.episodes, Uint32Array.from(episodes!)] as const] : []),
  ]);
  const read = new Map<string, number[]>();
  for (const [name, tensor] of Object.entries(wanted)) read.set(name, Array.from(await plan.read(tensor)));
  plan.close();
  const get = (name: keyof typeof wanted) => read.get(name)!;
  return { get, launches, loss: get("loss")[0]!, accuracy: get("accuracy")[0]!, bound: get("bound")[0]! };
}

/** The same in float64, from the definition: rows that a target is told from, one by one. */
export function infoNceTruth({ B, T, Q, D, q, z }: CpcInput, options: CpcCase) {
  const {
    steps: S,
    skip = 0,
    stride = 1,
    negatives,
    drawn,
    keepPositive,
    scale = "sum",
    average = "mean",
    anchors = "every",
    groups,
    episodes,
  } = options;
  const own = !["others", "speaker-others"].includes(negatives);
  const speakers = negatives.startsWith("speaker") ? groups : undefined;
  const limit = anchors === "every" ? T : T - (S + skip) * stride;
  const frames = { B, T, limit, own, other: negatives !== "sequence", groups: speakers, episodes };
  const rows = drawn && drawnRows({ B, T, n: drawn, scope: SCOPES.indexOf(negatives), groups: groups ?? [], ...STEP });
  const alpha = scale === "sum" ? 1 : scale === "mean" ? 1 / D : scale;
  const stepwise = Array.from({ length: S }, (_, k) => {
    const ahead = (k + 1 + skip) * stride;
    const made = Array.from({ length: B * T }, (_, a) => a).filter((a) => predicts(frames, a, ahead));
    return made.map((a) => {
      const target = a + ahead;
      const all = Array.from({ length: B * T }, (_, c) => c).filter((c) => inScope(frames, a, c) && c !== target);
      const scope = negatives === "batch" ? all.filter((c) => c % T === target % T) : all;
      const own = rows ? Array.from(rows.slice(a * drawn!, (a + 1) * drawn!)) : scope;
      const taken = own.filter((c) => c !== NO_FRAME && episodes?.[c] !== NO_FRAME && (keepPositive || c !== target));
      const score = (c: number) => alpha * dotOf(q, a * Q + Math.min(k, Q - 1), z, c, D);
      return infoNceOf(score(target), taken.map(score));
    });
  });
  const mean = (values: readonly number[]) => (values.length === 0 ? 0 : values.reduce((x, y) => x + y, 0) / values.length);
  const losses = stepwise.map((made) => mean(made.map(({ loss }) => loss)));
  const counts = stepwise.map((made) => made.length);
  const flat = stepwise.flat();
  const total = losses.reduce((x, y) => x + y, 0);
  const loss = { sum: total, mean: total / counts.filter((n) => n > 0).length, predictions: mean(flat.map(({ loss }) => loss)) }[average];
  return {
    loss,
    losses,
    counts,
    accuracies: stepwise.map((made) => mean(made.map(({ hit }) => (hit ? 1 : 0)))),
    bounds: stepwise.map((made) => mean(made.map(({ candidates, loss }) => Math.log(candidates) - loss))),
    accuracy: mean(flat.map(({ hit }) => (hit ? 1 : 0))),
    bound: mean(flat.map(({ candidates, loss }) => Math.log(candidates) - loss)),
  };
}

/** Central differences of the truth's loss by every number of `name`. */
export function differences(input: CpcInput, options: CpcCase, name: "q" | "z", eps = 1e-5): Float64Array {
  return Float64Array.from(input[name], (_, i) => {
    const at = (by: number) => {
      const moved = Float64Array.from(input[name]);
      moved[i]! += by;
      return infoNceTruth({ ...input, [name]: moved }, options).loss;
    };
    return (at(eps) - at(-eps)) / (2 * eps);
  });
}
