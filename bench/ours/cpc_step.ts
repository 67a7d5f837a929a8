import { audioEncoder } from "../../src/nn/encoders/audio.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { gruLayer } from "../../src/nn/recurrent.ts";
import { Cpc } from "../../src/objectives/cpc.ts";
import { CPC_CHECKED, cpcShapes, framesOf } from "../cases/cpc_step.ts";
import { given, type OursCase } from "./ours.ts";
import { recordStep } from "./step.ts";

/** A parameter's name in nearfar, which is PyTorch's. */
function nameOf(name: string): string {
  const [, kind = "", i = ""] = /^([a-z]+)(\d?)$/.exec(name) ?? [];
  const recurrent: Readonly<Record<string, string>> = { wi: "weight_ih_l0", wh: "weight_hh_l0", bi: "bias_ih_l0", bh: "bias_hh_l0" };
  const layers: Readonly<Record<string, string>> = {
    conv: `conv${i}.weight`,
    shift: `conv${i}.bias`,
    weight: `norm${i}.weight`,
    bias: `norm${i}.bias`,
  };
  return name === "predictor" ? "predictor.weight" : recurrent[kind] ? `gru.${recurrent[kind]}` : (layers[kind] ?? name);
}

export const cpcStep: OursCase = (gpu, size, inputs) => {
  const { B = 0, L = 0, W = 0, H = 0, S = 0 } = size;
  const parameters = new Parameters(gpu, 1);
  const encoder = audioEncoder(parameters, { samples: L, width: W });
  const gru = gruLayer(parameters, "gru", W, H);
  const objective = new Cpc(
    {
      parameters,
      batch: B,
      frames: framesOf(size),
      latents: W,
      context: H,
      encode(tape, view) {
        const latents = encoder.forward(tape, view);
        return { latents, context: gru(tape, latents) };
      },
    },
    { steps: S },
  );
  const tensors = parameters.tensors();
  for (const name of Object.keys(cpcShapes(size))) {
    const tensor = tensors.get(nameOf(name));
    if (!tensor) throw new Error(`no parameter ${nameOf(name)}`);
    parameters.values.write(tensor.slot, given(inputs, name, "f32"));
  }
  const checked = Object.fromEntries(CPC_CHECKED.map((name) => [name, nameOf(name)]));
  return recordStep(
    {
      gpu,
      parameters,
      objective,
      checked,
      batch(tape, feed) {
        const [x, index] = [tape.input("x", [B, L]), tape.input("index", [B], "u32")];
        feed.push([x, given(inputs, "x", "f32")], [index, Uint32Array.from({ length: B }, (_, i) => i)]);
        return { views: [x], index };
      },
    },
    inputs,
  );
};
