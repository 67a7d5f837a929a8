import { TEMPERATURE } from "../cases/nce.ts";
import { spreadMasks } from "../masks.ts";
import { arrays, type Jax, type JaxCase, nn, np, valueAndGrads } from "./jax.ts";

/** By log-softmax and log1p. */
export function spreadLoss(x: Jax, twin: Jax, others: Jax): Jax {
  const M = x.shape[0] ?? 0;
  const scores = np
    .matmul(x.ref, x.transpose())
    .mul(1 / TEMPERATURE)
    .sub(np.eye(M).mul(1e9));
  const logP = scores.ref.sub(nn.logsumexp(scores, 1, { keepdims: true }));
  const refused = np.log1p(np.negative(np.exp(logP.ref).mul(others)));
  return np
    .sum(logP.mul(twin))
    .add(np.sum(refused))
    .mul(-1 / M);
}

/** The masks of a batch of B samples in two views, [2B, 2B] each. */
export function spreadArrays(B: number): { readonly twin: Jax; readonly others: Jax } {
  const { twin, others } = spreadMasks(B);
  const shape = [2 * B, 2 * B];
  return { twin: np.array(twin, { shape }), others: np.array(others, { shape }) };
}

export const spread: JaxCase = ({ B = 0 }, inputs, jit) => {
  const { x } = arrays(inputs, "x");
  const { twin, others } = spreadArrays(B);
  const step = jit(valueAndGrads(spreadLoss, [0]));
  return {
    run() {
      const [loss, dx] = step(x.ref, twin.ref, others.ref) as [Jax, Jax];
      return { loss, dx };
    },
    held: () => [x, twin, others],
  };
};
