import { type TfCase, type TfForms, tensors, tf } from "./tfjs.ts";

export interface GruWeights {
  readonly wi: tf.Tensor;
  readonly wh: tf.Tensor;
  readonly bi: tf.Tensor;
  readonly bh: tf.Tensor;
}

/** One step, given the input's share of the gates [B, 3H]. */
function cell(u: tf.Tensor, h: tf.Tensor, { wh, bh }: GruWeights): tf.Tensor {
  const v = tf.add(tf.matMul(h, wh, false, true), bh);
  const [ur, uz, un] = tf.split(u, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const [vr, vz, vn] = tf.split(v, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const [r, z] = [tf.sigmoid(tf.add(ur, vr)), tf.sigmoid(tf.add(uz, vz))];
  const n = tf.tanh(tf.add(un, tf.mul(r, vn)));
  return tf.add(n, tf.mul(z, tf.sub(h, n)));
}

/** All states [B, T, H]; tfjs's own layer refuses PyTorch's form. @param together the input's product for all steps at once */
export function gru(x: tf.Tensor, weights: GruWeights, together: boolean): tf.Tensor {
  const [B = 0, T = 0, I = 0] = x.shape;
  const H = weights.wh.shape[1] ?? 0;
  const project = (rows: tf.Tensor) => tf.add(tf.matMul(rows, weights.wi, false, true), weights.bi);
  const frames = together ? tf.unstack(tf.reshape(project(tf.reshape(x, [B * T, I])), [B, T, 3 * H]), 1) : tf.unstack(x, 1).map(project);
  const states: tf.Tensor[] = [];
  for (const u of frames) states.push(cell(u, states.at(-1) ?? tf.zeros([B, H]), weights));
  return tf.stack(states, 1);
}

const form =
  (together: boolean): TfCase =>
  (_, inputs) => {
    const { x, dy, wi, wh, bi, bh } = tensors(inputs, "x", "dy", "wi", "wh", "bi", "bh");
    return {
      run: () =>
        tf.tidy(() => {
          const kept: tf.Tensor[] = [];
          const back = tf.grads((a, b, c, d, e) => {
            const y = gru(a as tf.Tensor, { wi: b as tf.Tensor, wh: c as tf.Tensor, bi: d as tf.Tensor, bh: e as tf.Tensor }, together);
            kept.push(tf.keep(y));
            return y;
          })([x, wi, wh, bi, bh], dy);
          const [dx, dwi, dwh, dbi, dbh] = back as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
          return { y: kept[0] as tf.Tensor, dx, dwi, dwh, dbi, dbh };
        }),
      held: [x, dy, wi, wh, bi, bh],
    };
  };

export const gruStep: TfForms = { best: form(true), natural: form(false) };
