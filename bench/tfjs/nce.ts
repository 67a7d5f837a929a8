import { nceBias, TEMPERATURE } from "../cases/nce.ts";
import type { Inputs, Size } from "../contract.ts";
import { withPositive } from "../positive.ts";
import { type TfCase, type TfForms, tensor, tensors, tf } from "./tfjs.ts";

export type Scores = (f: tf.Tensor, rows: tf.Tensor3D) => tf.Tensor2D;

/** f[B,1,D] times the rows transposed: the product's wide side has K+1 columns. */
export const wide: Scores = (f, rows) => {
  const [B, K, D] = rows.shape;
  return tf.reshape(tf.matMul(tf.reshape(f, [B, 1, D]), rows, false, true), [B, K]);
};

/** The rows times f[B,D,1], as one would write it: a product of one column. */
export const tall: Scores = (f, rows) => {
  const [B, K, D] = rows.shape;
  return tf.reshape(tf.matMul(rows, tf.reshape(f, [B, D, 1])), [B, K]);
};

type Loss = (size: Size, inputs: Inputs) => { readonly held: tf.Tensor[]; readonly cost: (s: tf.Tensor2D) => tf.Scalar };

const sampled =
  (scores: Scores, loss: Loss): TfCase =>
  (size, inputs) => {
    const { features, bank } = tensors(inputs, "features", "bank");
    const rows = tensor(withPositive(inputs));
    const { held, cost } = loss(size, inputs);
    const both = tf.valueAndGrads((f) => cost(tf.mul(scores(f, tf.gather(bank, rows as tf.Tensor1D) as tf.Tensor3D), 1 / TEMPERATURE)));
    return {
      run: () =>
        tf.tidy(() => {
          const { value, grads } = both([features]);
          return { loss: value, gradient: grads[0] as tf.Tensor };
        }),
      held: [features, bank, rows, ...held],
    };
  };

export const nceLoss: Loss = ({ B = 1, K = 0, ...size }) => {
  const bias = nceBias({ B, K, ...size });
  const sign = tf.tensor2d(
    Float32Array.from({ length: K + 1 }, (_, k) => (k === 0 ? -1 : 1)),
    [1, K + 1],
  );
  return { held: [sign], cost: (s) => tf.mul(tf.sum(tf.softplus(tf.mul(tf.sub(s, bias), sign))), 1 / B) };
};

const softmaxLoss: Loss = ({ K = 0 }) => {
  const first = tf.tensor2d(
    Float32Array.from({ length: K + 1 }, (_, k) => (k === 0 ? 1 : 0)),
    [1, K + 1],
  );
  return { held: [first], cost: (s) => tf.mean(tf.sub(tf.logSumExp(s, 1), tf.sum(tf.mul(s, first), 1))) };
};

export const nce: TfForms = { best: sampled(wide, nceLoss), natural: sampled(tall, nceLoss) };
export const sampledSoftmax: TfForms = { best: sampled(wide, softmaxLoss), natural: sampled(tall, softmaxLoss) };
