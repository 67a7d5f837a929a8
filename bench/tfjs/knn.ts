import { cosinesOf } from "../cases/knn.ts";
import { type TfForms, tensors, tf } from "./tfjs.ts";

export const knn: TfForms = {
  best: (size, inputs) => {
    const { queries, candidates } = tensors(inputs, "queries", "candidates");
    return {
      run: () =>
        tf.tidy(() => {
          const { values, indices } = tf.topk(tf.matMul(queries, candidates, false, true), size.K);
          return { similarity: values, index: indices };
        }),
      convert: { index: cosinesOf(inputs, size) },
      held: [queries, candidates],
    };
  },
};
