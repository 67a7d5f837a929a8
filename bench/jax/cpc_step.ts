import { inputNamed } from "../cases/conv.ts";
import { AUDIO, CPC_CHECKED, cpcShapes, framesOf } from "../cases/cpc_step.ts";
import { gru } from "./gru.ts";
import { infoNceLoss } from "./info_nce.ts";
import { array, type Jax, type JaxCase, lax, nn, np } from "./jax.ts";
import { type Recipe, step } from "./step.ts";

const column = (v: Jax): Jax => np.reshape(v, [1, v.size, 1]);

/** Over the channels of [B, C, T], with the unbiased variance; ReLU. */
function channelNorm(x: Jax, weight: Jax, bias: Jax): Jax {
  const C = x.shape[1] ?? 0;
  const centred = x.ref.sub(np.mean(x, 1, { keepdims: true }));
  const variance = np.sum(np.square(centred.ref), 1, { keepdims: true }).mul(1 / (C - 1));
  return nn.relu(
    centred
      .div(np.sqrt(variance.add(1e-5)))
      .mul(column(weight))
      .add(column(bias)),
  );
}

export const cpcStep: JaxCase = (size, inputs, jit) => {
  const { B = 0, L = 0, W = 0, H = 0, S = 0 } = size;
  const T = framesOf(size);
  const recipe: Recipe = {
    shapes: cpcShapes(size),
    state: {},
    data: { x: array(inputNamed(inputs, "x")) },
    forward(parameters, _, { x }) {
      const of = (name: string) => parameters[name] as Jax;
      let y = np.reshape((x as Jax).ref, [B, 1, L]);
      for (const [i, [, stride, padding]] of AUDIO.entries()) {
        const made = lax.convGeneralDilated(y, of(`conv${i}`), [stride], [[padding, padding]]);
        y = channelNorm(made.add(column(of(`shift${i}`))), of(`weight${i}`), of(`bias${i}`));
      }
      const latents = y.transpose([0, 2, 1]);
      const context = gru(latents.ref, of("wi"), of("wh"), of("bi"), of("bh"));
      const q = np.matmul(np.reshape(context, [B * T, H]), np.reshape(of("predictor"), [S * W, H]).transpose());
      return [infoNceLoss(np.reshape(q, [B, T, S, W]), latents)];
    },
    after: () => ({}),
    checked: CPC_CHECKED,
    convert: {},
  };
  return step(recipe, inputs, jit);
};
