import type { Transposes } from "../cases/matmul.ts";
import { arrays, type JaxCase, np } from "./jax.ts";

export const product =
  ({ ta, tb }: Transposes): JaxCase =>
  (_, inputs, jit) => {
    const { a, b } = arrays(inputs, "a", "b");
    const step = jit((x, y) => [np.matmul(ta ? x.transpose() : x, tb ? y.transpose() : y)]);
    return { run: () => ({ c: step(a.ref, b.ref)[0] as typeof a }), held: () => [a, b] };
  };
