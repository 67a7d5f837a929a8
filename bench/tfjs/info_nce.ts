import { predicted } from "../cases/info_nce.ts";
import { type TfForms, tensors, tf } from "./tfjs.ts";

/** One matrix product for each step ahead; own scores by a one-hot mask, as gatherND has no gradient. */
export function infoNceLoss(q: tf.Tensor, z: tf.Tensor, masks: readonly tf.Tensor[]): tf.Scalar {
  const [B = 0, T = 0, S = 0, D = 0] = q.shape;
  const frames = tf.reshape(z, [B * T, D]);
  const losses = masks.map((mask, k) => {
    const count = T - k - 1;
    const ahead = tf.reshape(tf.slice(q, [0, 0, k, 0], [B, count, 1, D]), [B * count, D]);
    const scores = tf.matMul(ahead, frames, false, true);
    return tf.mean(tf.sub(tf.logSumExp(scores, 1), tf.sum(tf.mul(scores, mask), 1)));
  });
  return tf.div(tf.addN(losses), S);
}

/** One-hot rows of the targets of each step ahead, made once. */
export const targetMasks = (B: number, T: number, S: number): tf.Tensor[] =>
  Array.from({ length: S }, (_, k) => tf.cast(tf.oneHot(tf.tensor1d(predicted(B, T, k).targets, "int32"), B * T), "float32"));

export const infoNceStep: TfForms = {
  best: ({ B = 0, T = 0, S = 0 }, inputs) => {
    const { q, z } = tensors(inputs, "q", "z");
    const masks = targetMasks(B, T, S);
    const both = tf.valueAndGrads((a, b) => infoNceLoss(a as tf.Tensor, b as tf.Tensor, masks));
    return {
      run: () =>
        tf.tidy(() => {
          const { value, grads } = both([q, z]);
          return { loss: value, dq: grads[0] as tf.Tensor, dz: grads[1] as tf.Tensor };
        }),
      held: [q, z, ...masks],
    };
  },
};
