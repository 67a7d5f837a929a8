import { FACTOR } from "../cases/launches.ts";
import { arrays, type Jax, type JaxCase } from "./jax.ts";

/** Under jit all of it becomes one kernel. */
export const launches: JaxCase = ({ n = 0 }, inputs, jit) => {
  const { x } = arrays(inputs, "x");
  const step = jit((a) => {
    let y = a as Jax;
    for (let i = 0; i < n; i++) y = y.mul(FACTOR);
    return [y];
  });
  return { run: () => ({ y: step(x.ref)[0] as Jax }), held: () => [x] };
};
