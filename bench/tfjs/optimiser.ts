import { inputNamed } from "../cases/conv.ts";
import { ADAM, changes, MU, RATE, tensorSizes } from "../cases/optimiser.ts";
import { type TfCase, type TfForms, tensor, tf } from "./tfjs.ts";

/** tf.train's own optimisers over a variable a tensor. */
const optimiser =
  (make: () => tf.Optimizer): TfCase =>
  (size, inputs) => {
    const numbers = tensorSizes(size).map((_, i) => i);
    const variables = numbers.map((i) => tf.variable(tensor(inputNamed(inputs, `w${i}`))));
    const gradients = Object.fromEntries(variables.map(({ name }, i) => [name, tensor(inputNamed(inputs, `g${i}`))]));
    const moves = make();
    return {
      run() {
        moves.applyGradients(gradients);
        return { first: tf.clone(variables[0] as tf.Tensor), last: tf.clone(variables.at(-1) as tf.Tensor) };
      },
      convert: changes(size, inputs),
      held: [...variables, ...Object.values(gradients)],
      close: () => moves.dispose(),
    };
  };

export const sgd: TfForms = { best: optimiser(() => tf.train.momentum(RATE, MU)) };
export const adam: TfForms = { best: optimiser(() => tf.train.adam(RATE, ADAM.beta1, ADAM.beta2, ADAM.epsilon)) };
