import type { Tape } from "../../src/autograd.ts";
import { UsageError } from "../../src/errors.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { Plan } from "../../src/gpu/plan.ts";
import type { TypedArray } from "../../src/gpu/readback.ts";
import type { Operand } from "../../src/gpu/slot.ts";
import { type Layer, sequential } from "../../src/nn/layer.ts";
import { batchNormLayer, conv2dLayer, linearLayer } from "../../src/nn/layers.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { Cmc } from "../../src/objectives/cmc.ts";
import { InstDisc } from "../../src/objectives/instdisc.ts";
import { InvaSpread } from "../../src/objectives/invaspread.ts";
import type { Batch, Objective } from "../../src/objectives/objective.ts";
import { l2norm } from "../../src/ops/l2norm.ts";
import { globalMeanPool } from "../../src/ops/pool.ts";
import { openTape } from "../../src/ops/tape.ts";
import { Sgd } from "../../src/optim/sgd.ts";
import { bankRows } from "../bank_rows.ts";
import { addedTo, BLOCKS, SGD } from "../cases/encoder.ts";
import { normalizer, TEMPERATURE } from "../cases/nce.ts";
import { CHECKED, CMC_CHECKED, VIEWS } from "../cases/step.ts";
import type { Inputs, Size } from "../contract.ts";
import { given, type OursCase, type OursStep } from "./ours.ts";

/** The bench's small encoder, with the case's start values. */
export function smallEncoder(parameters: Parameters, inputs: Inputs, C: number, D: number, prefix = ""): Layer {
  const init = (name: string) => () => Float32Array.from(given(inputs, prefix + name, "f32"));
  const blocks = BLOCKS.flatMap((O, i) => [
    conv2dLayer(parameters, `${prefix}conv${i}`, i === 0 ? C : (BLOCKS[i - 1] ?? 0), O, {
      kernel: 3,
      stride: 2,
      padding: 1,
      bias: false,
      init: init(`conv${i}`),
    }),
    batchNormLayer(parameters, `${prefix}norm${i}`, O, { relu: true }),
  ]);
  const head = linearLayer(parameters, `${prefix}head`, BLOCKS[2], D, { init: init("head") });
  const shift = parameters.tensors().get(`${prefix}head.bias`);
  if (shift) parameters.values.write(shift.slot, new Float32Array(D));
  return sequential(...blocks, globalMeanPool, head, l2norm);
}

interface Recording {
  readonly gpu: Gpu;
  readonly parameters: Parameters;
  readonly objective: Objective;
  /** Parameters to be checked: names of the case, and in `parameters`. */
  readonly checked: Readonly<Record<string, string>>;
  readonly batch: (tape: Tape, feed: [Operand, TypedArray][]) => Batch;
}

/** Forward, backward, optimiser and what comes after the gradients, in the order of a training run. */
export function recordStep({ gpu, parameters, objective, checked, batch }: Recording, inputs: Inputs): OursStep {
  const plan = new Plan(gpu, "step");
  const tape = openTape(plan, true);
  const optimiser = new Sgd(parameters, { momentum: SGD.momentum });
  const feed: [Operand, TypedArray][] = [];
  const { loss, commit } = objective.step(tape, batch(tape, feed));
  tape.backward(loss);
  parameters.collect(tape);
  optimiser.step(plan);
  commit();
  const weights = Object.entries(checked).map(([name, own]) => {
    const tensor = parameters.tensors().get(own);
    if (!tensor) throw new UsageError(`no parameter ${own}`);
    return [name, tensor] as const;
  });
  return {
    plan,
    results: { loss, ...Object.fromEntries(weights) },
    convert: addedTo(inputs, Object.keys(checked)),
    feed,
    values: (step) => ({ seed: 1, step, epoch: 0, rate: SGD.rate }),
    close() {
      for (const part of [objective, optimiser, parameters]) part.destroy();
    },
  };
}

const weightsOf = (names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, `${name}.weight`]));

/** An input that is fed once. */
function fed(tape: Tape, feed: [Operand, TypedArray][], inputs: Inputs, name: string) {
  const input = inputs[name];
  if (!input) throw new UsageError(`the case has no input "${name}"`);
  const integers = input.data instanceof Uint32Array;
  const tensor = tape.input(name, input.shape, integers ? "u32" : "f32");
  feed.push([tensor, input.data]);
  return tensor;
}

const banked = (size: Size) =>
  ({
    mode: "nce",
    temperature: TEMPERATURE,
    negatives: size.K ?? 0,
    start: "unit",
    normalizer: { kind: "given", value: normalizer(size) },
  }) as const;

/** The constant that the published NCE loss carries for each negative, and the reference leaves out. */
const noiseFloor = ({ K = 0, N = 0 }: Size): number => K * Math.log1p((1e-7 * N) / K);

export const instdiscStep: OursCase = (gpu, size, inputs) => {
  const { N = 0, D = 0 } = size;
  const parameters = new Parameters(gpu, 1);
  const encode = smallEncoder(parameters, inputs, 3, D);
  const objective = new InstDisc(gpu, { rows: N, dim: D, encode }, banked(size));
  objective.bank.write(given(inputs, "bank", "f32"));
  const step = recordStep(
    {
      gpu,
      parameters,
      objective,
      checked: weightsOf(CHECKED),
      batch: (tape, feed) => ({
        views: [fed(tape, feed, inputs, "x")],
        index: fed(tape, feed, inputs, "index"),
        negatives: fed(tape, feed, inputs, "negatives"),
      }),
    },
    inputs,
  );
  const features = { shape: [size.B ?? 0, D], data: new Float32Array() };
  return {
    ...step,
    results: { ...step.results, rows: objective.bank.table },
    convert: { ...step.convert, loss: (values) => [(values[0] ?? 0) - noiseFloor(size)], rows: bankRows({ ...inputs, features }) },
  };
};

export const invaspreadStep: OursCase = (gpu, { B = 0, D = 0 }, inputs) => {
  const parameters = new Parameters(gpu, 1);
  const encode = smallEncoder(parameters, inputs, 3, D);
  const objective = new InvaSpread({ batch: B, encode }, { temperature: TEMPERATURE, gradient: "full" });
  const index = (tape: Tape, feed: [Operand, TypedArray][]) => {
    const tensor = tape.input("index", [B], "u32");
    feed.push([tensor, Uint32Array.from({ length: B }, (_, i) => i)]);
    return tensor;
  };
  const batch: Recording["batch"] = (tape, feed) => ({
    views: [fed(tape, feed, inputs, "x"), fed(tape, feed, inputs, "x2")],
    index: index(tape, feed),
  });
  return recordStep({ gpu, parameters, objective, checked: weightsOf(CHECKED), batch }, inputs);
};

export const cmcStep: OursCase = (gpu, size, inputs) => {
  const { B = 0, N = 0, D = 0 } = size;
  const parameters = new Parameters(gpu, 1);
  const encode = VIEWS.map(({ prefix, channels }) => smallEncoder(parameters, inputs, channels, D, prefix));
  const objective = new Cmc(gpu, { rows: N, dim: D, views: VIEWS.map(({ prefix: name }) => ({ name })), encode }, banked(size));
  const { table } = objective.banks;
  const banks = new Float32Array(VIEWS.length * N * D);
  for (const i of VIEWS.keys()) banks.set(given(inputs, `bank${i}`, "f32"), i * N * D);
  objective.banks.write(banks);
  const batch: Recording["batch"] = (tape, feed) => ({
    views: [...VIEWS.keys()].map((i) => fed(tape, feed, inputs, `x${i}`)),
    index: fed(tape, feed, inputs, "index"),
    negatives: fed(tape, feed, inputs, "negatives"),
  });
  const step = recordStep({ gpu, parameters, objective, checked: weightsOf(CMC_CHECKED), batch }, inputs);
  const rowsOf = bankRows({ ...inputs, features: { shape: [B, D], data: new Float32Array() } });
  const rows = [...VIEWS.keys()].map(
    (i) => [`rows${i}`, (all: ArrayLike<number>) => rowsOf((all as Float32Array).subarray(i * N * D, (i + 1) * N * D))] as const,
  );
  return {
    ...step,
    results: { ...step.results, ...Object.fromEntries(rows.map(([name]) => [name, table])) },
    convert: { ...step.convert, loss: (values) => [(values[0] ?? 0) - VIEWS.length * noiseFloor(size)], ...Object.fromEntries(rows) },
  };
};
