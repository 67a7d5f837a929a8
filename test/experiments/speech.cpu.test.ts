import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { SPEECH_RECIPE, speechCells, speechConfig, speechPlan } from "../../src/experiments/speech_plan.ts";
import { measureFigures, measureNames, renderSpeech, type SpeechResults, speechFigures } from "../../src/experiments/speech_report.ts";
import type { SpeechResult } from "../../src/experiments/speech_run.ts";

describe("plans", () => {
  test("negatives: the rows of the paper's table 2; all else is shared", () => {
    const plan = speechPlan("negatives", SPEECH_RECIPE);
    expect(plan.variants).toEqual({
      "mixed speaker": { negatives: "all" },
      "same speaker": { negatives: "speaker" },
      "mixed speaker (excl.)": { negatives: "others" },
      "same speaker (excl.)": { negatives: "speaker-others" },
      "current sequence only": { negatives: "sequence" },
    });
    const cells = speechCells(plan, [1, 2]);
    expect(cells).toHaveLength(10);
    expect(cells.slice(0, 5).every(({ seed }) => seed === 1)).toBe(true);
    const config = speechConfig(plan, { variant: "current sequence only", seed: 7 });
    expect(config).toEqual({ ...plan.train, seed: 7, objective: { name: "cpc", steps: 8, negatives: "sequence" } });
  });

  test("steps: one training each, fewest first", () => {
    const plan = speechPlan("steps", SPEECH_RECIPE, [4, 1]);
    expect(plan.variants).toEqual({ "1 step": { steps: 1 }, "4 steps": { steps: 4 } });
    expect(speechConfig(plan, { variant: "4 steps", seed: 1 }).objective).toEqual({ name: "cpc", steps: 4 });
  });

  test.each([[[]], [[0]], [[2, 2]], [[1.5]]])("refuses steps %j", (ahead) => {
    expect(() => speechPlan("steps", SPEECH_RECIPE, ahead)).toThrow(UsageError);
  });

  test("refuses images", () => {
    expect(() => speechPlan("negatives", { objective: { name: "cpc" }, data: { name: "mnist" } })).toThrow(
      /expected data of sound, got mnist/,
    );
  });
});

const measures = (of: string, voice: number) => [
  { name: "voice", of, value: voice, chance: 0.25 },
  { name: "prompt @1", of, value: voice / 2, chance: 0.01 },
];
const cell = (variant: string, seed: number, voice: number, ahead: number[]): SpeechResult => ({
  ...{ variant, seed, ahead, accuracy: 0.4, bound: 1.5, seconds: 60, adapter: "a <gpu>" },
  measures: [...measures("mean context", voice), ...measures("mean latents", voice - 0.1)],
});
const results: SpeechResults = {
  ...{ experiment: "steps", nearfar: "0", plan: speechPlan("steps", SPEECH_RECIPE, [1, 2]), clips: { train: 20, test: 5 } },
  reference: [...measures("mean log-mel", 0.7), ...measures("untrained, mean context", 0.5), ...measures("untrained, mean latents", 0.4)],
  cells: [cell("1 step", 1, 0.6, [0.5]), cell("1 step", 2, 0.8, [0.7]), cell("2 steps", 1, 0.9, [0.5, 0.3])],
};
const plain = (rows: readonly (readonly string[])[]) => rows.map((row) => row.map((text) => text.replaceAll("\u202f", " ")));

describe("what is shown", () => {
  test("how well each variant predicts, mean and deviation over seeds", () => {
    expect(plain(speechFigures(results).rows)).toEqual([
      ["1 step", "60.0 \u00b1 14.1 %", "40.0 \u00b1 0.0 %", "1.50 \u00b1 0.00", "2"],
      ["2 steps", "50.0 %", "40.0 %", "1.50", "1"],
    ]);
  });

  test("what can be read off features, beside guessing and what has learned nothing", () => {
    expect(measureNames(results)).toEqual(["voice", "prompt @1"]);
    expect(plain(measureFigures(results, "mean latents").rows)).toEqual([
      ["guessing", "25.0 %", "1.0 %"],
      ["mean log-mel", "70.0 %", "35.0 %"],
      ["untrained, mean latents", "40.0 %", "20.0 %"],
      ["1 step", "60.0 \u00b1 14.1 %", "30.0 \u00b1 7.1 %"],
      ["2 steps", "80.0 %", "40.0 %"],
    ]);
  });

  test("the page: a chart of steps ahead and one of each measure, with error bars; nothing in it is markup", () => {
    const page = renderSpeech(results, "again & again");
    expect(page.match(/<svg /g)).toHaveLength(3);
    expect(page).toContain("again &amp; again");
    expect(page).toContain("a &lt;gpu&gt;");
    expect(page).toContain('class="error other"');
  });

  test("the page of a study that has just begun", () => {
    const page = renderSpeech({ ...results, cells: [], reference: [], clips: null }, "again");
    expect(page).toContain("waits for the first training");
  });
});
