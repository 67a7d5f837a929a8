import { arrays, type Jax, type JaxCase, np } from "./jax.ts";

/** Weighted sum of the three channels of [B, 3, H, H]. */
function luma(v: Jax): Jax {
  return np.sum(v.mul(np.array([0.2989, 0.587, 0.114], { shape: [1, 3, 1, 1] })), 1, { keepdims: true });
}

export const colour: JaxCase = ({ B = 0 }, inputs, jit) => {
  const { x, factor, contrast, saturation, grey } = arrays(inputs, "x", "factor", "contrast", "saturation", "grey");
  const step = jit((image, ...draws) => {
    const [factors, contrasts, saturations, greys] = draws as [Jax, Jax, Jax, Jax];
    const round = (of: Jax, k: number) => np.reshape(of.ref.slice(k), [B, 1, 1, 1]);
    let v = image as Jax;
    for (let k = 0; k < 3; k++) {
      const own = luma(v.ref);
      const mean = np.mean(own.ref, [2, 3], { keepdims: true });
      const other = round(contrasts, k).mul(mean).add(round(saturations, k).mul(own));
      const f = round(factors, k);
      v = np.clip(v.mul(f.ref).add(f.mul(-1).add(1).mul(other)), 0, 1);
    }
    for (const used of [factors, contrasts, saturations]) used.dispose();
    const g = np.reshape(greys, [B, 1, 1, 1]);
    return [v.ref.add(g.mul(luma(v.ref).sub(v)))];
  });
  return {
    run: () => ({ y: step(x.ref, factor.ref, contrast.ref, saturation.ref, grey.ref)[0] as Jax }),
    held: () => [x, factor, contrast, saturation, grey],
  };
};
