import { FormatError } from "../errors.ts";
import { type SafetensorsFile, takeTensor } from "../formats/safetensors.ts";
import type { Gpu } from "../gpu/device.ts";
import { Plan } from "../gpu/plan.ts";
import { Parameters } from "../nn/parameters.ts";
import { openTape } from "../ops/tape.ts";
import { Cpc, type CpcOptions } from "./cpc.ts";
import type { Results } from "./verify.ts";

/** One training step of CPC from given latents, contexts and predictors: loss, accuracy of every step ahead, and gradients. */
export async function verifyCpc(gpu: Gpu, file: SafetensorsFile, config: unknown): Promise<Results> {
  const { B, T, Dz, Dc, S } = sizesOf(file);
  const parameters = new Parameters(gpu, 0);
  const plan = new Plan(gpu, "verify");
  const given = (name: string, shape: readonly number[]) =>
    parameters.add(name, shape, () => takeTensor(file, `input.${name}`, "F32", shape));
  try {
    const [latents, context] = [given("latents", [B, T, Dz]), given("context", [B, T, Dc])];
    const setting = { parameters, batch: B, frames: T, latents: Dz, context: Dc, encode: () => ({ latents, context }) };
    const objective = new Cpc(setting, readOptions(file, config));
    const weights = takeTensor(file, "input.weights", "F32", [S, Dz, Dc]);
    const place = parameters.named().get("predictor.weight");
    place?.store.write(place.slot, weights);
    const tape = openTape(plan, true);
    const { loss, steps } = objective.predict(tape, latents, context);
    tape.backward(loss);
    parameters.collect(tape);
    const wanted = { loss, "loss.steps": steps.loss, "accuracy.steps": steps.accuracy };
    for (const tensor of Object.values(wanted)) plan.keep(tensor);
    await plan.open();
    plan.run();
    const results = new Map<string, ArrayLike<number>>();
    for (const [name, tensor] of Object.entries(wanted)) results.set(name, await plan.read(tensor));
    for (const [name, { store, slot }] of parameters.namedGradients())
      results.set(`gradient.${name === "predictor.weight" ? "weights" : name}`, await store.read(slot, "f32"));
    return results;
  } finally {
    plan.close();
    parameters.destroy();
  }
}

function sizesOf({ name, tensors }: SafetensorsFile) {
  const shape = (tensor: string): readonly number[] => {
    const found = tensors.get(tensor)?.shape;
    if (found?.length === 3 && found.every((n) => n > 0)) return found;
    throw new FormatError(`${name}: ${tensor}: expected three dimensions above 0, got ${found ? `[${found}]` : "no such tensor"}`);
  };
  const [B = 0, T = 0, Dz = 0] = shape("input.latents");
  const [, , Dc = 0] = shape("input.context");
  const [S = 0] = shape("input.weights");
  return { B, T, Dz, Dc, S };
}

function readOptions({ name }: SafetensorsFile, config: unknown): CpcOptions {
  if (typeof config !== "object" || config === null || Array.isArray(config)) throw new FormatError(`${name}: config: expected an object`);
  return { average: "predictions", ...config }; // the constructor checks it
}
