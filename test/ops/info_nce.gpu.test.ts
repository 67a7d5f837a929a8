import { describe, expect, test } from "vitest";
import { ShapeError, UsageError } from "../../src/errors.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { relativeError } from "../../src/objectives/verify.ts";
import { type InfoNceOptions, infoNce } from "../../src/ops/info_nce.ts";
import { turns } from "../../src/ops/info_nce_all.ts";
import { openTape } from "../../src/ops/tape.ts";
import { type CpcCase, type CpcInput, differences, infoNceTruth, runInfoNce } from "../cpc_run.ts";
import { NO_FRAME } from "../cpc_truth.ts";
import { sequence } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

function input(B: number, T: number, Q: number, D: number, seed = 5): CpcInput {
  const random = sequence(seed);
  const numbers = (n: number) => Float32Array.from({ length: n }, () => 2 * random() - 1);
  return { B, T, Q, D, q: numbers(B * T * Q * D), z: numbers(B * T * D) };
}

/** Speakers 1, 2, 1, 1: the second is alone. */
const groups = [1, 2, 1, 1];
/** Four sequences of five frames: a reset after two, none, one after every frame, and two frames of padding at the end. */
const episodes = [0, 0, 1, 1, 1, 3, 3, 3, 3, 3, 0, 1, 2, 3, 4, 6, 6, 6, NO_FRAME, NO_FRAME];

const CASES: readonly (readonly [name: string, Q: number, options: CpcCase])[] = [
  ["the frames of the same time", 3, { steps: 3, negatives: "batch", average: "predictions" }],
  ["everything, one prediction for all steps", 1, { steps: 3, negatives: "all", average: "sum" }],
  ["the same sequence, scores averaged", 2, { steps: 2, skip: 1, negatives: "sequence", scale: "mean" }],
  ["other sequences, anchors with all targets", 2, { steps: 2, negatives: "others", anchors: "with-all", scale: 0.5 }],
  ["the same speaker", 2, { steps: 2, negatives: "speaker", groups }],
  ["the same speaker's other sequences", 2, { steps: 2, negatives: "speaker-others", groups }],
  ["everything, within episodes", 3, { steps: 3, negatives: "all", episodes, average: "predictions" }],
  ["the same time, within episodes", 2, { steps: 2, negatives: "batch", episodes }],
  ["everything, in turns of one step", 3, { steps: 3, negatives: "all", scoreBytes: 4 * 400 }],
  ["everything, in turns of three anchors, one prediction", 1, { steps: 2, negatives: "all", scoreBytes: 4 * 60 }],
  ["rows of a grid of two columns, of the same image", 1, { steps: 1, skip: 1, stride: 2, negatives: "sequence" }],
  ["rows of a grid of two columns, the same place", 2, { steps: 2, stride: 2, negatives: "batch", anchors: "with-all" }],
  ["rows of a grid of two columns, four drawn", 2, { steps: 2, stride: 2, negatives: "all", drawn: 4 }],
  ["seven drawn of everything", 3, { steps: 3, negatives: "all", drawn: 7 }],
  ["seven drawn, targets kept, one prediction", 1, { steps: 3, negatives: "all", drawn: 7, keepPositive: true, average: "sum" }],
  ["four drawn of the same sequence", 2, { steps: 2, negatives: "sequence", drawn: 4, episodes }],
  ["five drawn of other sequences, in turns", 2, { steps: 2, negatives: "others", drawn: 5, scoreBytes: 4 * 80 }],
  ["five drawn of the same speaker", 2, { steps: 2, negatives: "speaker", drawn: 5, groups }],
  ["five drawn of the same speaker's other sequences", 2, { steps: 2, negatives: "speaker-others", drawn: 5, groups }],
];

describe("loss, accuracy, bound and gradients equal float64", () => {
  test.each(CASES)("%s", async (_, Q, options) => {
    const given = input(4, 5, Q, 8);
    const got = await runInfoNce(given, options);
    const truth = infoNceTruth(given, options);
    expect(got.get("tally").slice(0, options.steps)).toEqual(truth.counts);
    expect(relativeError([got.loss], [truth.loss])).toBeLessThan(1e-5);
    expect(relativeError(got.get("losses"), truth.losses)).toBeLessThan(1e-5);
    expect(relativeError(got.get("accuracies"), truth.accuracies)).toBeLessThan(1e-6);
    expect(relativeError(got.get("bounds"), truth.bounds)).toBeLessThan(1e-4);
    expect(got.accuracy).toBeCloseTo(truth.accuracy, 6);
    expect(got.bound).toBeCloseTo(truth.bound, 5);
    expect(relativeError(got.get("dq"), differences(given, options, "q"))).toBeLessThan(1e-5);
    expect(relativeError(got.get("dz"), differences(given, options, "z"))).toBeLessThan(1e-5);
  });
});

test("a sharp prediction: a loss of nearly nothing, and a gradient that is still right", async () => {
  const given = input(3, 4, 1, 4);
  const z = given.z.map((_, i) => (Math.floor(i / 4) % 4 === i % 4 ? 1 : 0) + 1e-3 * given.z[i]!); // frame t along axis t
  const q = Float32Array.from(given.q, (_, i) => 25 * z[(i + 4) % z.length]!); // the next frame
  const options: CpcCase = { steps: 1, negatives: "sequence" };
  const got = await runInfoNce({ ...given, q, z }, options);
  const truth = infoNceTruth({ ...given, q, z }, options);
  expect(truth.loss).toBeLessThan(1e-8);
  expect(got.loss).toBeGreaterThan(0);
  expect(relativeError([got.loss], [truth.loss])).toBeLessThan(1e-4);
  expect(relativeError(got.get("dz"), differences({ ...given, q, z }, options, "z", 1e-4))).toBeLessThan(1e-3);
});

test("the softmax runs over latents for a fixed context, not over contexts (methods.md, trap 26)", async () => {
  // Two sequences of two frames, one prediction each: logits [[2, 1], [0, 3]], rows are contexts.
  const z = Float32Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0);
  const q = Float32Array.of(2, 1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0);
  const got = await runInfoNce({ B: 2, T: 2, Q: 1, D: 4, q, z }, { steps: 1, negatives: "batch" });
  const rows = (Math.log1p(Math.exp(1 - 2)) + Math.log1p(Math.exp(0 - 3))) / 2;
  const columns = (Math.log1p(Math.exp(0 - 2)) + Math.log1p(Math.exp(1 - 3))) / 2;
  expect(Math.abs(rows - columns)).toBeGreaterThan(0.01);
  expect(got.loss).toBeCloseTo(rows, 6);
});

test("the target of step k is the frame k later (trap 28)", async () => {
  const given = input(3, 6, 2, 8, 9);
  const at = (by: number) =>
    given.q.map((_, i) => {
      const [row, k, d] = [Math.floor(i / 16), Math.floor(i / 8) % 2, i % 8];
      return 20 * given.z[(Math.min(row + k + 1 + by, 17) * 8 + d) % given.z.length]!;
    });
  const hits = async (by: number) => (await runInfoNce({ ...given, q: at(by) }, { steps: 2, negatives: "all" })).accuracy;
  expect(await hits(0)).toBeGreaterThan(0.95); // a longer neighbour may still score higher
  expect(await hits(1)).toBeLessThan(0.3);
  expect(await hits(-1)).toBeLessThan(0.3);
});

describe("equal latents", () => {
  const equal = (B: number, T: number): CpcInput => ({ ...input(B, T, 1, 4), z: new Float32Array(B * T * 4).fill(0.5) });

  test.each([
    ["batch", 3],
    ["all", 12],
    ["sequence", 4],
    ["others", 9],
  ] as const)("%s: ln %i, no hit, no information", async (negatives, candidates) => {
    const got = await runInfoNce(equal(3, 4), { steps: 2, negatives });
    expect(got.loss).toBeCloseTo(Math.log(candidates), 5);
    expect(got.accuracy).toBe(0);
    expect(got.bound).toBeCloseTo(0, 5);
  });

  test("a drawn target counts only when kept (trap 29)", async () => {
    const given = equal(2, 3);
    const drawn = 12; // of six frames: every target is drawn about twice
    const kept = await runInfoNce(given, { steps: 1, negatives: "all", drawn, keepPositive: true });
    expect(kept.loss).toBeCloseTo(Math.log(drawn + 1), 5);
    const left = await runInfoNce(given, { steps: 1, negatives: "all", drawn });
    expect(left.loss).toBeLessThan(Math.log(drawn + 1) - 0.05);
    expect(left.loss).toBeCloseTo(infoNceTruth(given, { steps: 1, negatives: "all", drawn }).loss, 5);
  });
});

test("episodes of one frame: nothing is predicted, the loss and every gradient are 0", async () => {
  const given = input(2, 3, 2, 4);
  const got = await runInfoNce(given, { steps: 2, negatives: "all", episodes: [0, 1, 2, 3, 4, 5] });
  expect(got.loss).toBe(0);
  for (const name of ["dq", "dz", "tally"] as const)
    expect(
      got.get(name).every((x) => x === 0),
      name,
    ).toBe(true);
});

test("a latent that is not finite shows in the loss", async () => {
  const given = input(2, 3, 1, 4);
  given.z[5] = Number.NaN;
  expect((await runInfoNce(given, { steps: 1, negatives: "all" })).loss).not.toSatisfy(Number.isFinite);
});

test("launches: six with every candidate, seven with drawn ones, whatever the number of steps", async () => {
  const given = input(2, 8, 5, 4);
  const all = await runInfoNce(given, { steps: 5, negatives: "all" });
  expect(all.launches).toEqual(["cpc_count", "cpc_scores", "cpc_softmax", "cpc_dq", "cpc_dz", "cpc_finish"]);
  const drawn = await runInfoNce(given, { steps: 5, negatives: "all", drawn: 3 });
  expect(drawn.launches).toHaveLength(7);
});

test("scores beyond the bytes allowed take turns: whole steps, then anchors", () => {
  const shape = { G: 1, A: 100, N: 10 }; // rows of 12 floats
  expect(turns(5, shape, 2 * 100 * 48)).toEqual([
    { k0: 0, K: 2, m0: 0, M: 100 },
    { k0: 2, K: 2, m0: 0, M: 100 },
    { k0: 4, K: 1, m0: 0, M: 100 },
  ]);
  expect(turns(1, shape, 60 * 48 + 7)).toEqual([
    { k0: 0, K: 1, m0: 0, M: 60 },
    { k0: 0, K: 1, m0: 60, M: 40 },
  ]);
});

describe("refused while recording", () => {
  const record = async (B: number, T: number, D: number, options: Partial<InfoNceOptions>, Q = 2) => {
    const tape = openTape(new Plan(await testGpu(), "refused"), true);
    return () => infoNce(tape, tape.tensor([B, T, Q, D]), tape.tensor([B, T, D]), { steps: 2, negatives: "all", ...options });
  };

  test.each([
    [2, 5, 6, {}, UsageError, /multiple of 4/],
    [2, 2, 4, {}, UsageError, /2 steps ahead need sequences of more than 2 frames, got 2/],
    [1, 5, 4, { negatives: "others" }, UsageError, /this batch has one/],
    [1, 5, 4, { negatives: "batch" }, UsageError, /this batch has one/],
    [2, 5, 4, { negatives: "speaker" }, UsageError, /need groups/],
    [2, 5, 4, { drawn: 0 }, UsageError, /drawn: expected a whole number above 0/],
    [2, 5, 4, { negatives: "batch", drawn: 3 }, UsageError, /all are taken, none is drawn/],
    [2, 5, 4, { scale: -1 }, UsageError, /scale/],
    [2, 5, 4, { steps: 3 }, ShapeError, /expected predictions \[B, T, 3 or 1, D\]/],
  ] as const)("%i sequences of %i frames of %i numbers, %o", async (B, T, D, options, error, message) => {
    const make = await record(B, T, D, options);
    expect(make).toThrow(error);
    expect(make).toThrow(message);
  });
});
