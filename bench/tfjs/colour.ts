import { inputNamed } from "../cases/conv.ts";
import { swapLast } from "../layout.ts";
import { type TfForms, tensor, tf } from "./tfjs.ts";

export const colour: TfForms = {
  best: ({ B = 0, H = 0 }, inputs) => {
    const x = tf.tensor4d(swapLast(inputNamed(inputs, "x").data, B, 3, H * H), [B, H, H, 3]);
    const rounds = (name: string) => tf.unstack(tf.reshape(tensor(inputNamed(inputs, name)), [3, B, 1, 1, 1]));
    const [factors, contrasts, saturations] = [rounds("factor"), rounds("contrast"), rounds("saturation")];
    const grey = tf.reshape(tensor(inputNamed(inputs, "grey")), [B, 1, 1, 1]);
    const weights = tf.tensor1d([0.2989, 0.587, 0.114]);
    const luma = (v: tf.Tensor) => tf.sum(tf.mul(v, weights), 3, true);
    return {
      run: () =>
        tf.tidy(() => {
          let v: tf.Tensor = x;
          for (const [k, factor] of factors.entries()) {
            const own = luma(v);
            const mean = tf.mean(own, [1, 2], true);
            const other = tf.add(tf.mul(contrasts[k] as tf.Tensor, mean), tf.mul(saturations[k] as tf.Tensor, own));
            v = tf.clipByValue(tf.add(tf.mul(factor, v), tf.mul(tf.sub(1, factor), other)), 0, 1);
          }
          return { y: tf.add(v, tf.mul(grey, tf.sub(luma(v), v))) };
        }),
      convert: { y: (y) => swapLast(y, B, H * H, 3) },
      held: [x, grey, weights, ...factors, ...contrasts, ...saturations],
    };
  },
};
