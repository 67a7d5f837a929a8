import type { Transposes } from "../cases/matmul.ts";
import { type TfForms, tensors, tf } from "./tfjs.ts";

export const product = ({ ta, tb }: Transposes): TfForms => ({
  best: (_, inputs) => {
    const { a, b } = tensors(inputs, "a", "b");
    return { run: () => ({ c: tf.matMul(a, b, ta, tb) }), held: [a, b] };
  },
});
