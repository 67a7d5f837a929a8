import { inputNamed } from "../cases/conv.ts";
import { ADAM, changes, MU, RATE, tensorSizes } from "../cases/optimiser.ts";
import { array, type Jax, type JaxCase, np } from "./jax.ts";

/** A state of `moments` arrays a tensor and the number of the step, all moved by one function. */
const optimiser =
  (moments: number, move: (w: Jax, g: Jax, state: readonly Jax[], step: Jax) => Jax[]): JaxCase =>
  (size, inputs, jit) => {
    const sizes = tensorSizes(size);
    const n = sizes.length;
    const gradients = sizes.map((_, i) => array(inputNamed(inputs, `g${i}`)));
    let state = [
      ...sizes.map((_, i) => array(inputNamed(inputs, `w${i}`))),
      ...Array.from({ length: moments }, () => sizes.map((length) => np.zeros([length]))).flat(),
    ];
    let step = 0;
    // Gradients first, then weights, then one kind of moments after the other, then the step's number.
    const all = jit((...args) => {
      const number = args.at(-1) as Jax;
      const after = sizes.map((_, i) => {
        const kept = Array.from({ length: moments }, (__, m) => args[(2 + m) * n + i] as Jax);
        return move(args[n + i] as Jax, args[i] as Jax, kept, number.ref);
      });
      number.dispose();
      return Array.from({ length: 1 + moments }, (_, m) => after.map((made) => made[m] as Jax)).flat();
    });
    return {
      run() {
        step++;
        state = all(...gradients.map((g) => g.ref), ...state, np.array([step]));
        return {
          first: (state[0] as Jax).ref,
          last: (state[n - 1] as Jax).ref,
          ...Object.fromEntries(state.map((one, i) => [`state${i}`, one.ref])),
        };
      },
      convert: changes(size, inputs),
      held: () => [...gradients, ...state],
    };
  };

export const sgd = optimiser(1, (w, g, [v], step) => {
  step.dispose();
  const velocity = (v as Jax).mul(MU).add(g);
  return [w.sub(velocity.ref.mul(RATE)), velocity];
});

export const adam = optimiser(2, (w, g, [m, v], step) => {
  const { beta1, beta2, epsilon } = ADAM;
  const mean = (m as Jax).mul(beta1).add(g.ref.mul(1 - beta1));
  const square = (v as Jax).mul(beta2).add(np.square(g).mul(1 - beta2));
  const corrected = (moment: Jax, beta: number) =>
    moment.div(
      np
        .exp(step.ref.mul(Math.log(beta)))
        .mul(-1)
        .add(1),
    );
  const change = corrected(mean.ref, beta1).div(np.sqrt(corrected(square.ref, beta2)).add(epsilon));
  step.dispose();
  return [w.sub(change.mul(RATE)), mean, square];
});
