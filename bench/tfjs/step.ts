import { bankRows } from "../bank_rows.ts";
import { MOMENTUM } from "../cases/bank_update.ts";
import { inputNamed } from "../cases/conv.ts";
import { addedTo, BLOCKS, encoderShapes, SGD } from "../cases/encoder.ts";
import { TEMPERATURE } from "../cases/nce.ts";
import { CHECKED, CMC_CHECKED, cmcShapes, VIEWS } from "../cases/step.ts";
import type { Input, Inputs, Size } from "../contract.ts";
import { swapLast, weightsFirst, weightsLast } from "../layout.ts";
import { withPositive } from "../positive.ts";
import { nceLoss, type Scores, tall, wide } from "./nce.ts";
import { normalise, normaliseFast } from "./norm.ts";
import { spreadLoss, spreadTensors } from "./spread.ts";
import { type TfCase, type TfForms, type TfStep, tensor, tensors, tf } from "./tfjs.ts";

export type Variables = Readonly<Record<string, tf.Variable>>;

/** What the two forms of a step differ in. */
interface Style {
  readonly norm: (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor) => tf.Tensor;
  readonly scores: Scores;
}
const BEST: Style = { norm: normaliseFast, scores: wide };
const NATURAL: Style = { norm: normalise, scores: tall };

/** The case's start values as variables, convolutions in tfjs's order. */
function variables(shapes: Readonly<Record<string, readonly number[]>>, inputs: Inputs): Variables {
  const made = Object.entries(shapes).map(([name, shape]) => {
    const input = inputNamed(inputs, name);
    const [O = 0, I = 0, K] = shape;
    const value = K === undefined ? tensor(input) : tf.tensor4d(weightsLast(input.data, O, I, 9), [3, 3, I, O]);
    return [name, tf.variable(value)] as const;
  });
  return Object.fromEntries(made);
}

/** Images [B, C, H, H] with channels last. */
function imageLast({ shape, data }: Input): tf.Tensor4D {
  const [B = 0, C = 0, H = 0] = shape;
  return tf.tensor4d(swapLast(data, B, C, H * H), [B, H, H, C]);
}

function encode(x: tf.Tensor, parameters: Variables, { norm }: Style, prefix = ""): tf.Tensor {
  const of = (name: string) => parameters[prefix + name] as tf.Variable;
  let y = x;
  for (const i of BLOCKS.keys())
    y = norm(
      tf.conv2d(y as tf.Tensor4D, of(`conv${i}`) as tf.Variable<tf.Rank.R4>, 2, 1, "NHWC", 1, "floor"),
      of(`weight${i}`),
      of(`bias${i}`),
    );
  const features = tf.add(tf.matMul(tf.mean(y, [1, 2]), of("head"), false, true), of("shift"));
  return tf.div(features, tf.norm(features, 2, 1, true));
}

export interface Recipe {
  readonly parameters: Variables;
  /** The loss, and tensors of the forward pass that are needed afterwards. */
  readonly loss: () => { readonly loss: tf.Scalar; readonly features: readonly tf.Tensor[] };
  /** After the gradients. @returns results beside loss and weights */
  readonly after: (features: readonly tf.Tensor[]) => Readonly<Record<string, tf.Tensor>>;
  readonly checked: readonly string[];
  readonly held: readonly tf.Tensor[];
  readonly convert: NonNullable<TfStep["convert"]>;
}

export function step({ parameters, loss, after, checked, held, convert }: Recipe, inputs: Inputs): TfStep {
  const optimiser = tf.train.momentum(SGD.rate, SGD.momentum);
  const weights = Object.fromEntries(checked.map((name) => [name, addedOf(name, inputs)]));
  return {
    run: () =>
      tf.tidy(() => {
        let features: readonly tf.Tensor[] = [];
        const { value, grads } = tf.variableGrads(() => {
          const made = loss();
          features = made.features.map((f) => tf.keep(f));
          return made.loss;
        }, Object.values(parameters));
        optimiser.applyGradients(grads as Parameters<typeof optimiser.applyGradients>[0]);
        const more = after(features);
        tf.dispose([...features]);
        return { loss: value, ...Object.fromEntries(checked.map((name) => [name, tf.clone(parameters[name] as tf.Tensor)])), ...more };
      }),
    convert: { ...weights, ...convert },
    held: [...Object.values(parameters), ...held],
    close: () => optimiser.dispose(),
  };
}

/** What was added to a parameter, in the reference's layout. */
function addedOf(name: string, inputs: Inputs): (after: ArrayLike<number>) => ArrayLike<number> {
  const added = addedTo(inputs, [name])[name];
  const [O = 0, I = 0, K] = inputNamed(inputs, name).shape;
  return (after) => added?.(K === undefined ? after : weightsFirst(after, O, I, 9)) ?? [];
}

/** A bank as a variable, and its update: a new tensor takes the place of the old one. */
function bankOf(input: Input, index: tf.Tensor) {
  const bank = tf.variable(tensor(input), false);
  const places = tf.reshape(index, [index.size, 1]);
  const update = (features: tf.Tensor): tf.Tensor => {
    const mixed = tf.add(tf.mul(tf.gather(bank, index as tf.Tensor1D), MOMENTUM), tf.mul(features, 1 - MOMENTUM));
    bank.assign(tf.tensorScatterUpdate(bank, places, tf.div(mixed, tf.norm(mixed, 2, 1, true))));
    return tf.clone(bank);
  };
  return { bank, places, update };
}

/** NCE of features against rows of a bank. */
function contrast(size: Size, inputs: Inputs, { scores }: Style) {
  const rows = tensor(withPositive(inputs));
  const { held, cost } = nceLoss(size, inputs);
  const of = (f: tf.Tensor, bank: tf.Tensor): tf.Scalar =>
    cost(tf.mul(scores(f, tf.gather(bank, rows as tf.Tensor1D) as tf.Tensor3D), 1 / TEMPERATURE));
  return { of, held: [rows, ...held] };
}

const instdisc =
  (style: Style): TfCase =>
  (size, inputs) => {
    const { B = 0, D = 0 } = size;
    const parameters = variables(encoderShapes(3, D), inputs);
    const x = imageLast(inputNamed(inputs, "x"));
    const { index } = tensors(inputs, "index");
    const { bank, places, update } = bankOf(inputNamed(inputs, "bank"), index);
    const nce = contrast(size, inputs, style);
    const loss = () => {
      const f = encode(x, parameters, style);
      return { loss: nce.of(f, bank), features: [f] };
    };
    const after: Recipe["after"] = ([f]) => ({ rows: update(f as tf.Tensor) });
    const convert = { rows: bankRows({ ...inputs, features: { shape: [B, D], data: new Float32Array() } }) };
    return step({ parameters, loss, after, checked: CHECKED, held: [x, index, bank, places, ...nce.held], convert }, inputs);
  };

const invaspread =
  (style: Style): TfCase =>
  ({ B = 0, D = 0 }, inputs) => {
    const parameters = variables(encoderShapes(3, D), inputs);
    const views = ["x", "x2"].map((name) => imageLast(inputNamed(inputs, name)));
    const masks = spreadTensors(B);
    const loss = () => ({ loss: spreadLoss(encode(tf.concat(views), parameters, style), masks), features: [] });
    const held = [...views, masks.twin, masks.others, masks.itself];
    return step({ parameters, loss, after: () => ({}), checked: CHECKED, held, convert: {} }, inputs);
  };

const cmc =
  (style: Style): TfCase =>
  (size, inputs) => {
    const { B = 0, D = 0 } = size;
    const parameters = variables(cmcShapes(D), inputs);
    const views = VIEWS.map((_, i) => imageLast(inputNamed(inputs, `x${i}`)));
    const { index } = tensors(inputs, "index");
    const banks = VIEWS.map((_, i) => bankOf(inputNamed(inputs, `bank${i}`), index));
    const nce = contrast(size, inputs, style);
    const loss = () => {
      const features = VIEWS.map(({ prefix }, i) => encode(views[i] as tf.Tensor, parameters, style, prefix));
      const costs = features.map((f, i) => nce.of(f, (banks[1 - i] as (typeof banks)[number]).bank));
      return { loss: tf.addN(costs) as tf.Scalar, features };
    };
    const after: Recipe["after"] = (features) =>
      Object.fromEntries(banks.map(({ update }, i) => [`rows${i}`, update(features[i] as tf.Tensor)]));
    const rows = bankRows({ ...inputs, features: { shape: [B, D], data: new Float32Array() } });
    const held = [...views, index, ...banks.flatMap(({ bank, places }) => [bank, places]), ...nce.held];
    return step({ parameters, loss, after, checked: CMC_CHECKED, held, convert: { rows0: rows, rows1: rows } }, inputs);
  };

export const instdiscStep: TfForms = { best: instdisc(BEST), natural: instdisc(NATURAL) };
export const invaspreadStep: TfForms = { best: invaspread(BEST), natural: invaspread(NATURAL) };
export const cmcStep: TfForms = { best: cmc(BEST), natural: cmc(NATURAL) };
