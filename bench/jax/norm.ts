import { arrays, type Jax, type JaxCase, nn, np, pullBack } from "./jax.ts";

const column = (v: Jax, C: number): Jax => np.reshape(v, [1, C, 1, 1]);

/** Over batch and pixels of NCHW, with ReLU. */
export function normalise(x: Jax, weight: Jax, bias: Jax): Jax {
  const C = x.shape[1] ?? 0;
  const mean = np.mean(x.ref, [0, 2, 3], { keepdims: true });
  const centred = x.sub(mean);
  const variance = np.mean(np.square(centred.ref), [0, 2, 3], { keepdims: true });
  const unit = centred.div(np.sqrt(variance.add(1e-5)));
  return nn.relu(unit.mul(column(weight, C)).add(column(bias, C)));
}

export const batchNormRelu: JaxCase = (_, inputs, jit) => {
  const { x, dy, weight, bias } = arrays(inputs, "x", "dy", "weight", "bias");
  const step = jit((a, w, b, d) => pullBack(normalise, [a, w, b] as Jax[], d as Jax));
  return {
    run() {
      const [y, dx, dweight, dbias] = step(x.ref, weight.ref, bias.ref, dy.ref) as [Jax, Jax, Jax, Jax];
      return { y, dx, dweight, dbias };
    },
    held: () => [x, dy, weight, bias],
  };
};

/** Rows of length 1. */
export const unitRows = (x: Jax): Jax => x.ref.div(np.sqrt(np.sum(np.square(x), 1, { keepdims: true })));

export const l2normRows: JaxCase = (_, inputs, jit) => {
  const { x, dy } = arrays(inputs, "x", "dy");
  const step = jit((a, d) => pullBack(unitRows, [a as Jax], d as Jax));
  return {
    run() {
      const [y, dx] = step(x.ref, dy.ref) as [Jax, Jax];
      return { y, dx };
    },
    held: () => [x, dy],
  };
};
