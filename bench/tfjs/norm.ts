import { inputNamed } from "../cases/conv.ts";
import type { Inputs, Size } from "../contract.ts";
import { swapLast } from "../layout.ts";
import { type TfCase, type TfForms, tensors, tf } from "./tfjs.ts";

/** The same with its gradients in closed form: two sums over the batch, then one expression. */
export const normaliseFast = tf.customGrad((x, weight, bias, save) => {
  const [a, w, b] = [x, weight, bias] as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
  const { mean, variance } = tf.moments(a, [0, 1, 2]);
  const value = tf.relu(tf.batchNorm(a, mean as tf.Tensor1D, variance as tf.Tensor1D, b, w, 1e-5));
  const inverse = tf.rsqrt(tf.add(variance, 1e-5));
  (save as tf.GradSaveFunc)([value, a, w, mean, inverse]);
  return {
    value,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => closedForm(dy, saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]),
  };
}) as (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor) => tf.Tensor;

/** dx, dweight, dbias from dy and what forward kept: y, x, weight, mean, 1/std. */
function closedForm(
  dy: tf.Tensor,
  [y, x, weight, mean, inverse]: readonly [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor],
): tf.Tensor[] {
  const count = x.size / weight.size;
  const unit = tf.mul(tf.sub(x, mean), inverse);
  const g = tf.mul(dy, tf.step(y));
  const [dbias, dweight] = [tf.sum(g, [0, 1, 2]), tf.sum(tf.mul(g, unit), [0, 1, 2])];
  const inner = tf.sub(tf.sub(g, tf.div(dbias, count)), tf.mul(unit, tf.div(dweight, count)));
  return [tf.mul(inner, tf.mul(weight, inverse)), dweight, dbias];
}

/** Channels last; statistics by `moments`, the rest by `batchNorm` and `relu`. */
export function normalise(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return tf.relu(tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, bias as tf.Tensor1D, weight as tf.Tensor1D, 1e-5));
}

function imagesLast({ B = 0, C = 0, H = 0 }: Size, inputs: Inputs) {
  const image = (name: string) => tf.tensor4d(swapLast(inputNamed(inputs, name).data, B, C, H * H), [B, H, H, C]);
  const back = (values: ArrayLike<number>) => swapLast(values, B, H * H, C);
  return { x: image("x"), dy: image("dy"), ...tensors(inputs, "weight", "bias"), convert: { y: back, dx: back } };
}

const form =
  (layer: (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor) => tf.Tensor): TfCase =>
  (size, inputs) => {
    const { x, dy, weight, bias, convert } = imagesLast(size, inputs);
    return {
      run: () =>
        tf.tidy(() => {
          const kept: tf.Tensor[] = [];
          const gradients = tf.grads((a, w, b) => {
            const y = layer(a as tf.Tensor, w as tf.Tensor, b as tf.Tensor);
            kept.push(tf.keep(y));
            return y;
          })([x, weight, bias], dy) as [tf.Tensor, tf.Tensor, tf.Tensor];
          return { y: kept[0] as tf.Tensor, dx: gradients[0], dweight: gradients[1], dbias: gradients[2] };
        }),
      convert,
      held: [x, dy, weight, bias],
    };
  };

export const batchNormRelu: TfForms = { best: form(normaliseFast), natural: form(normalise) };

const unitRows = (x: tf.Tensor): tf.Tensor => tf.div(x, tf.norm(x, 2, 1, true));

export const l2normRows: TfForms = {
  best: (_, inputs) => {
    const { x, dy } = tensors(inputs, "x", "dy");
    return {
      run: () =>
        tf.tidy(() => {
          const inverse = tf.rsqrt(tf.sum(tf.square(x), 1, true));
          const y = tf.mul(x, inverse);
          return { y, dx: tf.mul(inverse, tf.sub(dy, tf.mul(y, tf.sum(tf.mul(y, dy), 1, true)))) };
        }),
      held: [x, dy],
    };
  },
  natural: (_, inputs) => {
    const { x, dy } = tensors(inputs, "x", "dy");
    return {
      run: () => tf.tidy(() => ({ y: unitRows(x), dx: tf.grad((a) => unitRows(a))(x, dy) })),
      held: [x, dy],
    };
  },
};
