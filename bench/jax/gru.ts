import { arrays, type Jax, type JaxCase, nn, np, pullBack } from "./jax.ts";

/** All states [B, T, H]; there is no scan, so the steps are unrolled into one graph. The input's product is made for all of them at once. */
export function gru(x: Jax, wi: Jax, wh: Jax, bi: Jax, bh: Jax): Jax {
  const [B = 0, T = 0, I = 0] = x.shape;
  const H = wh.shape[1] ?? 0;
  const u = np.reshape(np.matmul(np.reshape(x, [B * T, I]), wi.transpose()).add(bi), [B, T, 3 * H]);
  const w = wh.transpose();
  const gate = (v: Jax, g: number) => v.ref.slice([], [g * H, (g + 1) * H]);
  let h = np.zeros([B, H]);
  const states: Jax[] = [];
  for (let t = 0; t < T; t++) {
    const frame = u.ref.slice([], t);
    const v = np.matmul(h.ref, w.ref).add(bh.ref);
    const r = nn.sigmoid(gate(frame, 0).add(gate(v, 0)));
    const z = nn.sigmoid(gate(frame, 1).add(gate(v, 1)));
    const n = np.tanh(gate(frame, 2).add(r.mul(gate(v, 2))));
    for (const used of [frame, v]) used.dispose();
    h = n.ref.add(z.mul(h.sub(n)));
    states.push(h.ref);
  }
  for (const used of [u, w, bh, h]) used.dispose();
  return np.stack(states, 1);
}

export const gruStep: JaxCase = (_, inputs, jit) => {
  const { x, dy, wi, wh, bi, bh } = arrays(inputs, "x", "dy", "wi", "wh", "bi", "bh");
  const step = jit((a, b, c, d, e, seed) => pullBack(gru, [a, b, c, d, e] as Jax[], seed as Jax));
  return {
    run() {
      const found = step(x.ref, wi.ref, wh.ref, bi.ref, bh.ref, dy.ref) as [Jax, Jax, Jax, Jax, Jax, Jax];
      const [y, dx, dwi, dwh, dbi, dbh] = found;
      return { y, dx, dwi, dwh, dbi, dbh };
    },
    held: () => [x, dy, wi, wh, bi, bh],
  };
};
