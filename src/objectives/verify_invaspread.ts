import { FormatError } from "../errors.ts";
import { type SafetensorsFile, takeTensor } from "../formats/safetensors.ts";
import type { Gpu } from "../gpu/device.ts";
import { Plan } from "../gpu/plan.ts";
import { openTape } from "../ops/tape.ts";
import type { Tensor } from "../tensor.ts";
import { InvaSpread, type InvaSpreadOptions } from "./invaspread.ts";
import type { Results } from "./verify.ts";

/** One training step of InvaSpread from given features: loss and gradient. */
export async function verifyInvaSpread(gpu: Gpu, file: SafetensorsFile, config: unknown): Promise<Results> {
  const shape = file.tensors.get("input.features")?.shape ?? [];
  const [M = 0, D = 0] = shape;
  if (shape.length !== 2 || M % 2 !== 0 || M * D === 0)
    throw new FormatError(`${file.name}: input.features: expected [2B,D], got [${shape}]`);
  const features = takeTensor(file, "input.features", "F32", [M, D]);
  const joined: Tensor[] = [];
  const encode = (_: unknown, views: Tensor): Tensor => {
    views.requiresGrad = true; // the features themselves are what the gradient is wanted of
    joined.push(views);
    return views;
  };
  const objective = new InvaSpread({ batch: M / 2, encode }, readOptions(file, config));
  const plan = new Plan(gpu, "verify");
  try {
    const tape = openTape(plan, true);
    const views = [tape.input("first", [M / 2, D]), tape.input("second", [M / 2, D])] as const;
    const index = plan.input("index", [M / 2], "u32");
    const { loss } = objective.step(tape, { views, index });
    tape.backward(loss);
    const gradient = joined[0] && tape.gradient(joined[0]);
    for (const tensor of [loss, gradient]) if (tensor) plan.keep(tensor);
    await plan.open();
    const half = features.length / 2;
    const inputs = [[views[0], features.slice(0, half)] as const, [views[1], features.slice(half)] as const];
    plan.run({ seed: 0, step: 0, epoch: 0, rate: 0 }, [...inputs, [index, Uint32Array.from({ length: M / 2 }, (_, i) => i)]]);
    const results = new Map<string, ArrayLike<number>>([["loss", await plan.read(loss)]]);
    return gradient ? results.set("gradient.features", await plan.read(gradient)) : results;
  } finally {
    plan.close();
    objective.destroy();
  }
}

function readOptions({ name }: SafetensorsFile, config: unknown): InvaSpreadOptions {
  if (typeof config !== "object" || config === null || Array.isArray(config)) throw new FormatError(`${name}: config: expected an object`);
  const { stopGradient, ...options } = config as { readonly [key: string]: unknown };
  if (stopGradient !== undefined && typeof stopGradient !== "boolean")
    throw new FormatError(`${name}: config: stopGradient: expected true or false, got ${JSON.stringify(stopGradient)}`);
  return { ...options, gradient: stopGradient ? "anchor" : "full" }; // the constructor checks the rest
}
