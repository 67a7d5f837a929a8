import { predicted } from "../cases/info_nce.ts";
import { arrays, type Jax, type JaxCase, nn, np, valueAndGrads } from "./jax.ts";

/** One matrix product for each step ahead; own scores by a one-hot mask. */
export function infoNceLoss(q: Jax, z: Jax): Jax {
  const [B = 0, T = 0, S = 0, D = 0] = q.shape;
  const frames = np.reshape(z, [B * T, D]);
  const losses = Array.from({ length: S }, (_, k) => {
    const count = T - k - 1;
    const ahead = np.reshape(q.ref.slice([], [0, count], k), [B * count, D]);
    const scores = np.matmul(ahead, frames.ref.transpose());
    const targets = np.array(predicted(B, T, k).targets, { shape: [B * count, 1], dtype: np.int32 });
    const own = np.equal(np.arange(B * T, undefined, undefined, { dtype: np.int32 }), targets).astype(np.float32);
    return np.mean(nn.logsumexp(scores.ref, 1).sub(np.sum(scores.mul(own), 1)));
  });
  q.dispose();
  frames.dispose();
  return losses.reduce((sum, loss) => sum.add(loss)).mul(1 / S);
}

export const infoNceStep: JaxCase = (_, inputs, jit) => {
  const { q, z } = arrays(inputs, "q", "z");
  const step = jit(valueAndGrads(infoNceLoss, [0, 1]));
  return {
    run() {
      const [loss, dq, dz] = step(q.ref, z.ref) as [Jax, Jax, Jax];
      return { loss, dq, dz };
    },
    held: () => [q, z],
  };
};
