import { expect, test } from "vitest";
import { Plan } from "../../src/gpu/plan.ts";
import { constant } from "../../src/nn/init.ts";
import { readNamed } from "../../src/nn/named.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { matmul } from "../../src/ops/matmul.ts";
import { openTape } from "../../src/ops/tape.ts";
import { Sgd } from "../../src/optim/sgd.ts";
import { Tensor } from "../../src/tensor.ts";
import { testGpu } from "../host.ts";

for (const nesterov of [false, true]) {
  test(`three steps at changing rates as torch.optim.SGD, ${nesterov ? "with" : "without"} Nesterov`, async () => {
    const parameters = new Parameters(await testGpu(), 1);
    const w = parameters.add("w", [3, 1], () => Float32Array.of(1, -2, 3));
    const sgd = new Sgd(parameters, { momentum: 0.9, weightDecay: 0.1, nesterov });
    const plan = new Plan(parameters.gpu, "sgd");
    const tape = openTape(plan, true);
    const x = plan.input("x", [1, 3]);
    tape.backward(matmul(tape, new Tensor(x.slot, x.shape), w)); // so the gradient of w is x
    parameters.collect(tape);
    sgd.step(plan);
    await plan.open();
    const expected = [1, -2, 3];
    const velocity = [0, 0, 0];
    for (const [step, rate] of [0.5, 0.1, 0.2].entries()) {
      const g = [0.3 + step, -1, 2 * step];
      plan.run({ seed: 1, step, epoch: 0, rate }, [[x, Float32Array.from(g)]]);
      g.forEach((gi, i) => {
        const d = gi + 0.1 * expected[i]!;
        velocity[i] = 0.9 * velocity[i]! + d;
        expected[i]! -= rate * (nesterov ? d + 0.9 * velocity[i]! : velocity[i]!);
      });
    }
    const [got, moved] = [(await parameters.read()).get("w")!.data, (await readNamed(sgd.named())).get("momentum.w")!.data];
    expected.forEach((v, i) => {
      expect(got[i]).toBeCloseTo(v, 5);
      expect(moved[i]).toBeCloseTo(velocity[i]!, 5);
    });
    plan.close();
    sgd.destroy();
    parameters.destroy();
  });
}

test("values out of range are refused", async () => {
  const parameters = new Parameters(await testGpu(), 1);
  parameters.add("w", [3], constant(1));
  expect(() => new Sgd(parameters, { momentum: 1.5 })).toThrow("sgd: momentum");
  expect(() => new Sgd(parameters, { weightDecay: Number.NaN })).toThrow("sgd: weightDecay");
  expect(() => new Sgd(parameters, { momentum: 0, nesterov: true })).toThrow("nesterov needs");
  expect(() => new Sgd(parameters, { beta: 1 } as object)).toThrow('unknown option "beta"');
});
