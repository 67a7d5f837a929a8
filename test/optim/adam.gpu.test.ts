import { describe, expect, test } from "vitest";
import { Plan } from "../../src/gpu/plan.ts";
import { constant } from "../../src/nn/init.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { Adam, type AdamConfig } from "../../src/optim/adam.ts";
import { testGpu } from "../host.ts";
import { type Reference, vectors, walk } from "./toy.ts";

/** As PyTorch's documentation writes it, in float64. */
function reference(config: AdamConfig, decoupled: boolean) {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = decoupled ? 0.01 : 0 } = config;
  const [mean, variance] = [vectors(() => 0), vectors(() => 0)];
  const step: Reference = (weights, gradients, rate, t) => {
    for (const [name, w] of Object.entries(weights)) {
      const [m, v, g] = [mean[name]!, variance[name]!, gradients[name]!];
      w.forEach((before, i) => {
        const d = decoupled ? g[i]! : g[i]! + weightDecay * before;
        m[i] = beta1 * m[i]! + (1 - beta1) * d;
        v[i] = beta2 * v[i]! + (1 - beta2) * d * d;
        const shrunk = decoupled ? before - rate * weightDecay * before : before;
        w[i] = shrunk - (rate * (m[i]! / (1 - beta1 ** t))) / (Math.sqrt(v[i]! / (1 - beta2 ** t)) + epsilon);
      });
    }
  };
  return { step, memory: { mean, variance } };
}

describe.each([false, true])("decoupled: %s", (decoupled) => {
  test.each<[AdamConfig, { first?: number }]>([
    [{}, {}],
    [{ weightDecay: 0.2, epsilon: 0.01 }, {}],
    [{ beta1: 0.5, beta2: 0.9, weightDecay: 0.05 }, {}],
    [{ beta1: 0, beta2: 0.99 }, {}],
    [{ weightDecay: 0.01 }, { first: 700 }], // as a run that is resumed: the bias correction is of step 701
  ])("twenty steps as torch.optim: %j %j", async (config, from) => {
    const { step, memory } = reference(config, decoupled);
    const { names, error, launches, padding } = await walk((p) => new Adam(p, config, decoupled), step, memory, from);
    const own = ["head.bias", "head.weight"];
    expect(names).toEqual([...own, ...own.map((n) => `mean.${n}`), ...own.map((n) => `variance.${n}`)].sort());
    expect(error).toBeLessThan(2e-6);
    expect([launches, padding]).toEqual([1, 0]);
  });
});

test("values out of range, unknown options and parameters that come later are refused", async () => {
  const parameters = new Parameters(await testGpu(), 1);
  parameters.add("w", [3], constant(1));
  expect(() => new Adam(parameters, { beta1: 1 })).toThrow("adam: beta1");
  expect(() => new Adam(parameters, { beta2: -0.1 }, true)).toThrow("adamw: beta2");
  expect(() => new Adam(parameters, { epsilon: 0 })).toThrow("adam: epsilon");
  expect(() => new Adam(parameters, { weightDecay: Number.NaN })).toThrow("adam: weightDecay");
  expect(() => new Adam(parameters, { momentum: 0.9 } as object)).toThrow('unknown option "momentum"');
  const adam = new Adam(parameters);
  parameters.add("late", [100], constant(1));
  expect(() => adam.step(new Plan(parameters.gpu, "late"))).toThrow("parameters were added after");
});
