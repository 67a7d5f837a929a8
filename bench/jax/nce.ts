import { nceBias, TEMPERATURE } from "../cases/nce.ts";
import type { Inputs, Size } from "../contract.ts";
import { withPositive } from "../positive.ts";
import { array, arrays, type Jax, type JaxCase, nn, np, valueAndGrads } from "./jax.ts";

/** Rows gathered to [B, K+1, D], then one inner product each; the positive comes first. */
export function scores(f: Jax, bank: Jax, rows: Jax): Jax {
  return np.einsum("bd,bkd->bk", f, np.take(bank, rows, 0)).mul(1 / TEMPERATURE);
}

const sampled =
  (loss: (size: Size, inputs: Inputs) => (scores: Jax) => Jax): JaxCase =>
  (size, inputs, jit) => {
    const { features, bank } = arrays(inputs, "features", "bank");
    const rows = array(withPositive(inputs));
    const cost = loss(size, inputs);
    const step = jit(valueAndGrads((f, w, index) => cost(scores(f, w, index)), [0]));
    return {
      run() {
        const [value, gradient] = step(features.ref, bank.ref, rows.ref) as [Jax, Jax];
        return { loss: value, gradient };
      },
      held: () => [features, bank, rows],
    };
  };

/** Of scores [B, K+1], the positive first. */
export const nceLoss = ({ B = 1, K = 0, ...size }: Size): ((s: Jax) => Jax) => {
  const bias = nceBias({ B, K, ...size });
  const sign = Float32Array.from({ length: K + 1 }, (_, k) => (k === 0 ? -1 : 1));
  return (s) => np.sum(nn.softplus(s.sub(bias).mul(np.array(sign, { shape: [1, K + 1] })))).mul(1 / B);
};

export const nce = sampled(nceLoss);

export const sampledSoftmax = sampled(({ K = 0 }) => {
  const first = Float32Array.from({ length: K + 1 }, (_, k) => (k === 0 ? 1 : 0));
  return (s) => np.mean(nn.logsumexp(s.ref, 1).sub(np.sum(s.mul(np.array(first, { shape: [1, K + 1] })), 1)));
});
