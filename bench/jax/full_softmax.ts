import { TEMPERATURE } from "../cases/nce.ts";
import { arrays, type Jax, type JaxCase, nn, np, valueAndGrads } from "./jax.ts";

/** The own score by a one-hot mask: `takeAlongAxis` has no gradient under jit. */
export const fullSoftmax: JaxCase = ({ N = 0 }, inputs, jit) => {
  const { features, bank, index } = arrays(inputs, "features", "bank", "index");
  const loss = (f: Jax, w: Jax, y: Jax): Jax => {
    const s = np.matmul(f, w.transpose()).mul(1 / TEMPERATURE);
    const own = np.equal(np.arange(N, undefined, undefined, { dtype: np.int32 }), np.expandDims(y, 1)).astype(np.float32);
    return np.mean(nn.logsumexp(s.ref, 1).sub(np.sum(s.mul(own), 1)));
  };
  const step = jit(valueAndGrads(loss, [0]));
  return {
    run() {
      const [value, gradient] = step(features.ref, bank.ref, index.ref) as [Jax, Jax];
      return { loss: value, gradient };
    },
    held: () => [features, bank, index],
  };
};
