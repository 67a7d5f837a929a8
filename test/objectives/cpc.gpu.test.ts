import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { gruLayer } from "../../src/nn/recurrent.ts";
import { Cpc, type CpcOptions, checkSpeakers } from "../../src/objectives/cpc.ts";
import { CPC_PROFILES, PAPER_NEGATIVES } from "../../src/objectives/cpc_profiles.ts";
import { linear } from "../../src/ops/matmul.ts";
import { reshape } from "../../src/ops/reshape.ts";
import { openTape } from "../../src/ops/tape.ts";
import { makeOptimiser } from "../../src/optim/by_name.ts";
import { sequence } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

const identity = { encode: (_: unknown, view: never) => ({ latents: view, context: view }) };

async function objectiveOf(options: CpcOptions, { batch = 4, frames = 16, latents = 8, context = 8 } = {}) {
  const parameters = new Parameters(await testGpu(), 1);
  return { parameters, objective: new Cpc({ parameters, batch, frames, latents, context, ...identity } as never, options) };
}

describe("profiles", () => {
  test.each(Object.keys(CPC_PROFILES))("%s makes an objective and records", async (profile) => {
    const { parameters, objective } = await objectiveOf({ profile: profile as never });
    const tape = openTape(new Plan(parameters.gpu, profile), true);
    const index = tape.plan.input("index", [4], "u32");
    const { report } = objective.step(tape, { views: [tape.input("view", [4, 16, 8])], index });
    expect(Object.keys(report)).toEqual(["loss", "accuracy", "bound"]);
    parameters.destroy();
  });

  test("cpc_audio: 128 drawn negatives with the target among them, scores averaged, losses summed; options override", async () => {
    const { objective } = await objectiveOf({ profile: "cpc_audio", steps: 3 });
    expect(objective.choices).toMatchObject({
      steps: 3,
      drawn: 128,
      keepPositive: true,
      scale: "mean",
      average: "sum",
      anchors: "with-all",
    });
    expect(objective.chance).toBeCloseTo(3 * Math.log(129), 10);
  });

  test("bolts: one matrix for all steps; rlpyt: every later frame, with a bias", async () => {
    const shared = await objectiveOf({ profile: "bolts" });
    expect(shared.parameters.named().get("predictor.weight")?.shape).toEqual([1, 8, 8]);
    const all = await objectiveOf({ profile: "rlpyt" });
    expect(all.parameters.named().get("predictor.weight")?.shape).toEqual([15, 8, 8]);
    expect(all.parameters.named().get("predictor.bias")?.shape).toEqual([15, 8]);
  });

  test("every row of the paper's Table 2 has its negatives", () => {
    expect(Object.values(PAPER_NEGATIVES)).toEqual(["all", "speaker", "others", "speaker-others", "sequence"]);
  });
});

test.each([
  [{ negatives: "batch" }, Math.log(4)],
  [{ negatives: "all" }, Math.log(64)],
  [{ negatives: "sequence" }, Math.log(16)],
  [{ negatives: "others" }, Math.log(49)],
  [{ negatives: "all", average: "sum" }, 12 * Math.log(64)],
  [{ negatives: "speaker" }, undefined],
  [{ negatives: "all", drawn: 5 }, undefined],
] as const)("chance of %o", async (options, expected) => {
  const { objective } = await objectiveOf(options);
  if (expected === undefined) expect(objective.chance).toBeUndefined();
  else expect(objective.chance).toBeCloseTo(expected, 10);
});

test("a GRU that predicts turning vectors: from chance to most of them, and the bound rises to what can be known", async () => {
  const [B, T, D, H] = [6, 12, 8, 16];
  const parameters = new Parameters(await testGpu(), 3);
  const first = parameters.add("encoder.weight", [D, 2], (shape, draw) =>
    Float32Array.from({ length: 2 * shape[0]! }, (_, i) => draw.normal(i)),
  );
  const gru = gruLayer(parameters, "gru", D, H);
  const objective = new Cpc(
    {
      ...{ parameters, batch: B, frames: T, latents: D, context: H },
      encode(tape, view) {
        const latents = reshape(tape, linear(tape, reshape(tape, view, [B * T, 2]), first), [B, T, D]);
        return { latents, context: gru(tape, latents) };
      },
    },
    { steps: 2, negatives: "batch" },
  );
  const plan = new Plan(parameters.gpu, "turning");
  const tape = openTape(plan, true);
  const view = tape.input("view", [B, T, 2]);
  const { loss, report, commit } = objective.step(tape, { views: [view], index: plan.input("index", [B], "u32") });
  tape.backward(loss);
  parameters.collect(tape);
  const optimiser = makeOptimiser(parameters, { name: "adam" });
  optimiser.step(plan);
  commit();
  for (const tensor of Object.values(report)) plan.keep(tensor);
  await plan.open();
  const random = sequence(8);
  const scalar = async (name: string) => (await plan.read(report[name]!))[0]!;
  const losses: number[] = [];
  for (let step = 0; step < 60; step++) {
    const phases = Array.from({ length: B }, () => 2 * Math.PI * random());
    const turning = phases.map(() => (random() < 0.5 ? 0.7 : -0.7)); // which way is in the past alone
    const data = Float32Array.from({ length: B * T * 2 }, (_, i) => {
      const [b, t] = [Math.floor(i / 2 / T), Math.floor(i / 2) % T];
      return Math.sin(phases[b]! + turning[b]! * t + (i % 2 ? Math.PI / 2 : 0));
    });
    plan.run({ seed: 1, step, epoch: 0, rate: 0.02 }, [[view, data]]);
    losses.push(await scalar("loss"));
  }
  expect(losses[0]).toBeGreaterThan(1.2); // chance: ln 6 = 1.79
  expect(losses.at(-1)).toBeLessThan(0.9);
  expect(await scalar("accuracy")).toBeGreaterThan(0.6);
  expect(await scalar("bound")).toBeGreaterThan(0.9);
  expect(await scalar("bound")).toBeLessThan(Math.log(6));
  plan.close();
  parameters.destroy();
});

describe("refused", () => {
  test.each([
    [{ steps: 16 }, /16 steps ahead do not fit sequences of 16 frames/],
    [{ steps: 0 }, /steps/],
    [{ negatives: "some" }, /negatives: expected one of batch, all/],
    [{ profile: "mine" }, /profile: expected one of paper/],
    [{ temperature: 1 }, /unknown option "temperature"/],
    [{ average: "max" }, /average/],
    [{ bias: 1 }, /bias: expected true or false/],
    [{ scale: 0 }, /scale/],
  ])("%o", async (options, message) => {
    await expect(objectiveOf(options as never)).rejects.toThrow(UsageError);
    await expect(objectiveOf(options as never)).rejects.toThrow(message);
  });

  test("a speaker that is alone", () => {
    expect(() => checkSpeakers([3, 3, 5, 5])).not.toThrow();
    expect(() => checkSpeakers([3, 4, 3])).toThrow(/speaker 4 has one sequence/);
  });
});
