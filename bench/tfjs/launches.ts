import { FACTOR } from "../cases/launches.ts";
import { type TfForms, tensors, tf } from "./tfjs.ts";

export const launches: TfForms = {
  best: ({ n = 0 }, inputs) => {
    const { x } = tensors(inputs, "x");
    const factor = tf.tensor1d([FACTOR]);
    const run = () =>
      tf.tidy(() => {
        let y: tf.Tensor = x;
        for (let i = 0; i < n; i++) y = tf.mul(y, factor);
        return { y };
      });
    return { run, held: [x, factor] };
  },
};
