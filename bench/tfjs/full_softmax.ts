import { TEMPERATURE } from "../cases/nce.ts";
import { type TfForms, tensors, tf } from "./tfjs.ts";

/** Cross entropy in closed form: softmax minus one-hot, times the rows. Three large operations each way. */
const best: TfForms["best"] = ({ N = 0, B = 1 }, inputs) => {
  const { features, bank, index } = tensors(inputs, "features", "bank", "index");
  const own = tf.cast(tf.oneHot(index as tf.Tensor1D, N), "float32");
  return {
    run: () =>
      tf.tidy(() => {
        const s = tf.mul(tf.matMul(features, bank, false, true), 1 / TEMPERATURE);
        const p = tf.softmax(s as tf.Tensor2D);
        const loss = tf.neg(tf.mean(tf.log(tf.sum(tf.mul(p, own), 1))));
        return { loss, gradient: tf.mul(tf.matMul(tf.sub(p, own), bank), 1 / (B * TEMPERATURE)) };
      }),
    held: [features, bank, index, own],
  };
};

/** By automatic differentiation of log-softmax. */
const natural: TfForms["natural"] = ({ N = 0 }, inputs) => {
  const { features, bank, index } = tensors(inputs, "features", "bank", "index");
  const own = tf.cast(tf.oneHot(index as tf.Tensor1D, N), "float32");
  const both = tf.valueAndGrads((f) => {
    const s = tf.mul(tf.matMul(f as tf.Tensor2D, bank as tf.Tensor2D, false, true), 1 / TEMPERATURE);
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(s), own), 1)));
  });
  return {
    run: () =>
      tf.tidy(() => {
        const { value, grads } = both([features]);
        return { loss: value, gradient: grads[0] as tf.Tensor };
      }),
    held: [features, bank, index, own],
  };
};

export const fullSoftmax: TfForms = { best, natural };
