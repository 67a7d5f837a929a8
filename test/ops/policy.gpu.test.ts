import { describe, expect, test } from "vitest";
import { ShapeError } from "../../src/errors.ts";
import { Plan } from "../../src/gpu/plan.ts";
import type { Operand } from "../../src/gpu/slot.ts";
import { Store } from "../../src/gpu/store.ts";
import { concat } from "../../src/ops/concat.ts";
import { drawAction, NO_ACTION, policyGradient, returnsOf } from "../../src/ops/policy.ts";
import { gru } from "../../src/ops/recurrent.ts";
import { squaredError } from "../../src/ops/squared_error.ts";
import { openTape } from "../../src/ops/tape.ts";
import { Tensor } from "../../src/tensor.ts";
import { evaluate, gradcheck, sequence } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

/** Numbers on the device that carry no gradient. */
async function given(data: Float32Array | Uint32Array, shape: readonly number[]): Promise<Operand> {
  const store = new Store(await testGpu(), "given", "data");
  const slot = store.add("given", data.byteLength);
  store.write(slot, data);
  return { slot, shape, dtype: data instanceof Uint32Array ? "u32" : "f32" };
}

describe("gradients", () => {
  test("concat, each side alone and both", async () => {
    await gradcheck(await testGpu(), { a: [2, 3, 4], b: [2, 3, 5] }, (tape, { a, b }) => concat(tape, a!, b!));
    const data = await given(new Float32Array(12), [6, 2]);
    await gradcheck(await testGpu(), { a: [6, 3] }, (tape, { a }) => concat(tape, a!, new Tensor(data.slot, data.shape)));
    await gradcheck(await testGpu(), { b: [6, 3] }, (tape, { b }) => concat(tape, new Tensor(data.slot, data.shape), b!));
  });

  test("squaredError", async () => {
    const goal = await given(
      Float32Array.from({ length: 300 }, (_, i) => Math.sin(i)),
      [30, 10],
    );
    await gradcheck(await testGpu(), { x: [300] }, (tape, { x }) => squaredError(tape, x!, goal, 1 / 300), { tolerance: 2e-2 });
  });

  test("policyGradient with an entropy bonus, and frames without an action", async () => {
    const [R, A] = [9, 4];
    const random = sequence(3);
    const action = await given(
      Uint32Array.from({ length: R }, (_, r) => (r % 4 === 3 ? NO_ACTION : Math.floor(A * random()))),
      [R],
    );
    const advantage = await given(
      Float32Array.from({ length: R }, () => 2 * random() - 1),
      [R],
    );
    const options = { action, advantage, entropy: 0.3, share: 1 / 7 };
    await gradcheck(await testGpu(), { x: [R, A] }, (tape, { x }) => policyGradient(tape, x!, options).loss);
  });

  test("gru whose state starts anew where keep is 0: of its input, weights and initial state", async () => {
    const keep = await given(Float32Array.of(1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 1), [3, 4]);
    const inputs = { x: [3, 4, 2], h0: [3, 5], w: [15, 2], u: [15, 5], bw: [15], bu: [15] };
    await gradcheck(await testGpu(), inputs, (tape, { x, h0, w, u, bw, bu }) =>
      gru(tape, x!, { weightInput: w!, weightHidden: u!, biasInput: bw!, biasHidden: bu! }, h0, keep),
    );
  });
});

test("a GRU that starts anew gives what it gives of the rest of the sequence alone", async () => {
  const random = sequence(5);
  const numbers = (n: number) => Float32Array.from({ length: n }, () => 2 * random() - 1);
  const weights = {
    w: { shape: [9, 2], data: numbers(18) },
    u: { shape: [9, 3], data: numbers(27) },
    bw: { shape: [9], data: numbers(9) },
    bu: { shape: [9], data: numbers(9) },
  };
  const data = numbers(10);
  const run = async (x: Float32Array, T: number, keep?: Float32Array) =>
    evaluate(
      await testGpu(),
      { ...weights, x: { shape: [1, T, 2], data: x }, ...(keep && { keep: { shape: [1, T], data: keep } }) },
      (tape, t) => gru(tape, t.x!, { weightInput: t.w!, weightHidden: t.u!, biasInput: t.bw!, biasHidden: t.bu! }, undefined, t.keep),
    );
  const whole = await run(data, 5, Float32Array.of(1, 1, 0, 1, 1));
  expect([...whole]).toEqual([...(await run(data.slice(0, 4), 2)), ...(await run(data.slice(4), 3))]);
  expect([...whole]).not.toEqual([...(await run(data, 5))]);
});

test("drawn actions have the policy's frequencies, and are others at another step", async () => {
  const B = 4000;
  const plan = new Plan(await testGpu(), "draws");
  const tape = openTape(plan, false);
  const logits = tape.input("logits", [B, 3]);
  const action = plan.keep(drawAction(tape, logits));
  await plan.open();
  const shares = [0.7, 0.1, 0.2];
  const data = Float32Array.from({ length: 3 * B }, (_, i) => Math.log(shares[i % 3]!) + 5);
  const draw = async (step: number) => {
    plan.run({ seed: 1, step, epoch: 0, rate: 0 }, [[logits, data]]);
    return Array.from(await plan.read(action)) as number[];
  };
  const first = await draw(0);
  shares.forEach((share, a) => {
    // Four standard deviations of a share of 4,000 draws.
    expect(Math.abs(first.filter((drawn) => drawn === a).length / B - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / B));
  });
  expect(await draw(0)).toEqual(first);
  expect((await draw(1)).filter((a, i) => a !== first[i]).length).toBeGreaterThan(B / 4);
  plan.close();
});

test("sizes that do not match are refused while recording", async () => {
  const tape = openTape(new Plan(await testGpu(), "refused"), true);
  const t = (...shape: number[]) => tape.tensor(shape);
  expect(() => concat(tape, t(2, 3), t(3, 3))).toThrow(ShapeError);
  expect(() => squaredError(tape, t(4), t(5), 1)).toThrow(/\[4\] and \[5\] differ/);
  expect(() => drawAction(tape, t(2, 3, 4))).toThrow(/expected \[B, A\]/);
  expect(() => policyGradient(tape, t(2, 3), { action: t(3), advantage: t(2), entropy: 0, share: 1 })).toThrow(/actions \[3\]/);
  expect(() => returnsOf(tape, { reward: t(2, 3), goesOn: t(2, 3), value: t(2, 3) }, { gamma: 1, lambda: 1 })).toThrow(/one step longer/);
  expect(() =>
    gru(tape, t(2, 3, 1), { weightInput: t(3, 1), weightHidden: t(3, 1), biasInput: t(3), biasHidden: t(3) }, undefined, t(2, 2)),
  ).toThrow(/keep is \[2,2\], expected \[2,3\]/);
});
