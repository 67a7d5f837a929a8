import { Plan } from "../../src/gpu/plan.ts";
import { zeros } from "../../src/nn/init.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { Adam } from "../../src/optim/adam.ts";
import { Sgd } from "../../src/optim/sgd.ts";
import { ADAM, changes, MU, RATE, tensorSizes } from "../cases/optimiser.ts";
import { given, type OursCase } from "./ours.ts";

const optimiser =
  (make: (parameters: Parameters) => Sgd | Adam): OursCase =>
  (gpu, size, inputs) => {
    const parameters = new Parameters(gpu, 1);
    const tensors = tensorSizes(size).map((n, i) => parameters.add(`p${i}`, [n], zeros));
    const moves = make(parameters);
    const gradients = [...parameters.namedGradients().values()];
    for (const [i, tensor] of tensors.entries()) {
      parameters.values.write(tensor.slot, given(inputs, `w${i}`, "f32"));
      const gradient = gradients[i];
      if (gradient) gradient.store.write(gradient.slot, given(inputs, `g${i}`, "f32"));
    }
    const plan = new Plan(gpu, "optimiser");
    moves.step(plan);
    const [first, last] = [tensors[0], tensors.at(-1)];
    if (!first || !last) throw new Error("an optimiser of nothing");
    return {
      plan,
      results: { first, last },
      convert: changes(size, inputs),
      feed: [],
      values: (step) => ({ seed: 1, step, epoch: 0, rate: RATE }),
      close() {
        moves.destroy();
        parameters.destroy();
      },
    };
  };

export const sgd = optimiser((parameters) => new Sgd(parameters, { momentum: MU }));
export const adam = optimiser((parameters) => new Adam(parameters, ADAM));
