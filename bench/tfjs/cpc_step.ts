import { inputNamed } from "../cases/conv.ts";
import { AUDIO, CPC_CHECKED, cpcShapes, framesOf } from "../cases/cpc_step.ts";
import type { Inputs } from "../contract.ts";
import { weightsFirst, weightsLast } from "../layout.ts";
import { gru } from "./gru.ts";
import { infoNceLoss, targetMasks } from "./info_nce.ts";
import { step, type Variables } from "./step.ts";
import { type TfCase, type TfForms, tensor, tf } from "./tfjs.ts";

/** Start values, convolutions as [1, K, I, O]. */
function variables(shapes: Readonly<Record<string, readonly number[]>>, inputs: Inputs): Variables {
  const made = Object.entries(shapes).map(([name, [O = 0, I = 0, K = 0]]) => {
    const input = inputNamed(inputs, name);
    return [
      name,
      tf.variable(name.startsWith("conv") ? tf.tensor4d(weightsLast(input.data, O, I, K), [1, K, I, O]) : tensor(input)),
    ] as const;
  });
  return Object.fromEntries(made);
}

/** Over the channels, which come last, with the unbiased variance; ReLU. */
function channelNorm(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const C = weight.size;
  const centred = tf.sub(x, tf.mean(x, 3, true));
  const variance = tf.div(tf.sum(tf.square(centred), 3, true), C - 1);
  return tf.relu(tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-5))), weight), bias));
}

const form =
  (together: boolean): TfCase =>
  (size, inputs) => {
    const { B = 0, L = 0, W = 0, H = 0, S = 0 } = size;
    const T = framesOf(size);
    const parameters = variables(cpcShapes(size), inputs);
    const of = (name: string) => parameters[name] as tf.Variable;
    const x = tf.reshape(tensor(inputNamed(inputs, "x")), [B, 1, L, 1]);
    const masks = targetMasks(B, T, S);
    const latentsOf = (): tf.Tensor => {
      let y: tf.Tensor = x;
      for (const [i, [, stride, padding]] of AUDIO.entries()) {
        const pads: [number, number][] = [
          [0, 0],
          [0, 0],
          [padding, padding],
          [0, 0],
        ];
        const made = tf.conv2d(y as tf.Tensor4D, of(`conv${i}`) as tf.Variable<tf.Rank.R4>, [1, stride], pads as never, "NHWC", 1, "floor");
        y = channelNorm(tf.add(made, of(`shift${i}`)), of(`weight${i}`), of(`bias${i}`));
      }
      return tf.reshape(y, [B, T, W]);
    };
    const loss = () => {
      const latents = latentsOf();
      const context = gru(latents, { wi: of("wi"), wh: of("wh"), bi: of("bi"), bh: of("bh") }, together);
      const q = tf.matMul(tf.reshape(context, [B * T, H]), tf.reshape(of("predictor"), [S * W, H]), false, true);
      return { loss: infoNceLoss(tf.reshape(q, [B, T, S, W]), latents, masks), features: [] };
    };
    const conv0 = (after: ArrayLike<number>) =>
      weightsFirst(after, W, 1, AUDIO[0][0]).map((value, i) => value - (inputNamed(inputs, "conv0").data[i] ?? 0));
    return step(
      { parameters, loss, after: () => ({}), checked: CPC_CHECKED, held: [x, ...masks], convert: { conv0, ...flat(inputs) } },
      inputs,
    );
  };

/** Parameters whose layout is the reference's. */
const flat = (inputs: Inputs) =>
  Object.fromEntries(
    ["wh", "predictor"].map((name) => [
      name,
      (after: ArrayLike<number>) => Float64Array.from(after, (value, i) => value - (inputNamed(inputs, name).data[i] ?? 0)),
    ]),
  );

export const cpcStep: TfForms = { best: form(true), natural: form(false) };
