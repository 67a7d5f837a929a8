import { TEMPERATURE } from "../cases/nce.ts";
import { spreadMasks } from "../masks.ts";
import { type TfForms, tensors, tf } from "./tfjs.ts";

export interface SpreadTensors {
  readonly twin: tf.Tensor;
  readonly others: tf.Tensor;
  /** -1e9 on the diagonal. */
  readonly itself: tf.Tensor;
}

export function spreadTensors(B: number): SpreadTensors {
  const { twin, others } = spreadMasks(B);
  const shape: [number, number] = [2 * B, 2 * B];
  return { twin: tf.tensor2d(twin, shape), others: tf.tensor2d(others, shape), itself: tf.mul(tf.eye(2 * B), -1e9) };
}

/** By log-softmax and log1p. */
export function spreadLoss(x: tf.Tensor, { twin, others, itself }: SpreadTensors): tf.Scalar {
  const scores = tf.add(tf.mul(tf.matMul(x, x, false, true), 1 / TEMPERATURE), itself);
  const logP = tf.sub(scores, tf.logSumExp(scores, 1, true));
  const refused = tf.log1p(tf.neg(tf.mul(tf.exp(logP), others)));
  return tf.neg(tf.div(tf.add(tf.sum(tf.mul(logP, twin)), tf.sum(refused)), x.shape[0] ?? 1));
}

export const spread: TfForms = {
  best: ({ B = 0 }, inputs) => {
    const { x } = tensors(inputs, "x");
    const masks = spreadTensors(B);
    const both = tf.valueAndGrads((a) => spreadLoss(a as tf.Tensor, masks));
    return {
      run: () =>
        tf.tidy(() => {
          const { value, grads } = both([x]);
          return { loss: value, dx: grads[0] as tf.Tensor };
        }),
      held: [x, masks.twin, masks.others, masks.itself],
    };
  },
};
