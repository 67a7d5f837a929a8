import { audioFrames } from "../../src/nn/encoders/audio.ts";
import type { BenchCase, Size } from "../contract.ts";
import { uniform } from "../noise.ts";
import { channelNorm, conv2d } from "../reference/conv.ts";
import { matmul } from "../reference/dense.ts";
import { add, pick, RefTape, relu, reshape, type Value } from "../reference/tape.ts";
import { inputNamed } from "./conv.ts";
import { firstChanges, leaves, startValues } from "./encoder.ts";
import { gruReference } from "./gru.ts";
import { infoNceReference } from "./info_nce.ts";

/** Kernel, stride and padding of the audio encoder's layers (van den Oord et al. 2018; paddings of CPC_audio). */
export const AUDIO = [
  [10, 5, 3],
  [8, 4, 2],
  [4, 2, 1],
  [4, 2, 1],
  [4, 2, 1],
] as const;

/** Parameters that the step is checked by. */
export const CPC_CHECKED = ["conv0", "wh", "predictor"] as const;

/** Frames of a window of L samples. */
export const framesOf = ({ L = 0 }: Size): number => audioFrames(L);

/** Convolutions with bias and channel norms W wide, a GRU of H units, and the maps to S predictions. */
export function cpcShapes({ W = 0, H = 0, S = 0 }: Size): Readonly<Record<string, readonly number[]>> {
  const layers = AUDIO.flatMap(([K], i): [string, readonly number[]][] => [
    [`conv${i}`, [W, i === 0 ? 1 : W, K]],
    [`shift${i}`, [W]],
    [`weight${i}`, [W]],
    [`bias${i}`, [W]],
  ]);
  const recurrent = { wi: [3 * H, W], wh: [3 * H, H], bi: [3 * H], bh: [3 * H], predictor: [S, W, H] };
  return { ...Object.fromEntries(layers), ...recurrent };
}

/** Waveforms x[B, L] to latents, contexts and predictions, each told from all frames of the batch; then SGD. */
export const cpcStep: BenchCase = {
  name: "cpc-step",
  title: "A whole training step of CPC (audio)",
  sizes: [
    { set: "issue", size: { B: 8, L: 5120, W: 64, H: 64, S: 4 } },
    { set: "small", size: { B: 2, L: 1280, W: 16, H: 16, S: 2 } },
    { set: "ragged", size: { B: 3, L: 1611, W: 20, H: 12, S: 3 } },
  ],
  flops(size) {
    const { B = 0, L = 0, W = 0, H = 0, S = 0 } = size;
    const T = framesOf(size);
    let [steps, total, inputs] = [L, 0, 1];
    for (const [K, stride] of AUDIO) {
      steps /= stride;
      total += 2 * K * inputs * W * steps;
      inputs = W;
    }
    return 3 * B * (total + 6 * T * H * (W + H) + 2 * T * S * W * H) + 6 * S * (B * T) ** 2 * W;
  },
  traffic: () => 0,
  tolerance: 2e-3,
  inputs: (size) => {
    const { B = 0, L = 0 } = size;
    return { x: { shape: [B, L], data: uniform(1, B * L) }, ...startValues(cpcShapes(size)) };
  },
  reference(size, inputs) {
    const tape = new RefTape();
    const p = leaves(tape, cpcShapes(size), inputs);
    const loss = lossReference(tape.leaf(inputNamed(inputs, "x").shape, inputNamed(inputs, "x").data), p, size);
    tape.backward(loss);
    return { loss: loss.data, ...firstChanges(p, CPC_CHECKED) };
  },
};

function lossReference(x: Value, p: Readonly<Record<string, Value>>, { B = 0, W = 0, H = 0, S = 0 }: Size): Value {
  const of = (name: string): Value => p[name] ?? x;
  let y = reshape(x, [B, 1, 1, x.size / B]);
  for (const [i, [K, stride, padding]] of AUDIO.entries()) {
    const made = conv2d(y, reshape(of(`conv${i}`), [W, i === 0 ? 1 : W, 1, K]), { stride, padding });
    const T = made.shape[3] ?? 0;
    const shifted = add(
      made,
      pick(of(`shift${i}`), made.shape, (at) => Math.floor(at / T) % W),
    );
    y = reshape(relu(channelNorm(reshape(shifted, [B, W, T]), of(`weight${i}`), of(`bias${i}`))), [B, W, 1, T]);
  }
  const T = y.shape[3] ?? 0;
  const latents = pick(y, [B, T, W], (at) => (Math.floor(at / (T * W)) * W + (at % W)) * T + (Math.floor(at / W) % T));
  const context = gruReference(latents, { wi: of("wi"), wh: of("wh"), bi: of("bi"), bh: of("bh") });
  const predictions = matmul(reshape(context, [B * T, H]), reshape(of("predictor"), [S * W, H]), { tb: true });
  return infoNceReference(reshape(predictions, [B, T, S, W]), latents);
}
