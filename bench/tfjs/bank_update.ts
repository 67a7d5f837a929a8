import { bankRows } from "../bank_rows.ts";
import { MOMENTUM } from "../cases/bank_update.ts";
import { type TfCase, type TfForms, tensors, tf } from "./tfjs.ts";

/** tensorScatterUpdate makes a new bank: there is no way to write rows in place. */
const best: TfCase = ({ B = 0 }, inputs) => {
  const { features, bank, index } = tensors(inputs, "features", "bank", "index");
  const places = tf.reshape(index, [B, 1]);
  const held = [features, index, places, bank];
  return {
    run() {
      const next = tf.tidy(() => {
        const old = held[3] as tf.Tensor;
        const mixed = tf.add(tf.mul(tf.gather(old, index as tf.Tensor1D), MOMENTUM), tf.mul(features, 1 - MOMENTUM));
        const unit = tf.div(mixed, tf.norm(mixed, 2, 1, true));
        return tf.tensorScatterUpdate(old, places, unit);
      });
      held[3]?.dispose();
      held[3] = next;
      return { rows: tf.clone(next) };
    },
    convert: { rows: bankRows(inputs) },
    held,
  };
};

export const bankUpdate: TfForms = { best };
