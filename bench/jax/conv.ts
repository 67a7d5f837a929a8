import { type ConvPart, inputNamed } from "../cases/conv.ts";
import { array, type Jax, type JaxCase, lax, np, pullBack } from "./jax.ts";

const conv = (x: Jax, w: Jax): Jax =>
  lax.convGeneralDilated(
    x,
    w,
    [1, 1],
    [
      [1, 1],
      [1, 1],
    ],
  );

/** NCHW. Of a gradient under jit only the gradient is left. */
export const convolution =
  (part: ConvPart): JaxCase =>
  ({ B = 0, I = 0, O = 0, H = 0 }, inputs, jit) => {
    if (part === "forward") {
      const [x, w] = [array(inputNamed(inputs, "x")), array(inputNamed(inputs, "w"))] as const;
      const step = jit((a, b) => [conv(a as Jax, b as Jax)]);
      return { run: () => ({ y: step(x.ref, w.ref)[0] as Jax }), held: () => [x, w] };
    }
    const dy = array(inputNamed(inputs, "dy"));
    const other = array(inputNamed(inputs, part === "input" ? "w" : "x"));
    const at = np.zeros(part === "input" ? [B, I, H, H] : [O, I, 3, 3]);
    const step = jit((a, b, d) => {
      const [x, w] = part === "input" ? [a, b] : [b, a];
      // Differentiated by one side alone: the other is a constant of the function.
      const [y, gradient] = pullBack(part === "input" ? (z) => conv(z, w as Jax) : (z) => conv(x as Jax, z), [a as Jax], d as Jax);
      (y as Jax).dispose();
      return [gradient as Jax];
    });
    const name = part === "input" ? "dx" : "dw";
    return { run: () => ({ [name]: step(at.ref, other.ref, dy.ref)[0] as Jax }), held: () => [dy, other, at] };
  };
