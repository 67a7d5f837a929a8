import { cosinesOf } from "../cases/knn.ts";
import { arrays, type Jax, type JaxCase, lax, np } from "./jax.ts";

export const knn: JaxCase = (size, inputs, jit) => {
  const { queries, candidates } = arrays(inputs, "queries", "candidates");
  const step = jit((q, c) => lax.topK(np.matmul(q as Jax, (c as Jax).transpose()), size.K ?? 0));
  return {
    run() {
      const [similarity, index] = step(queries.ref, candidates.ref) as [Jax, Jax];
      return { similarity, index };
    },
    convert: { index: cosinesOf(inputs, size) },
    held: () => [queries, candidates],
  };
};
