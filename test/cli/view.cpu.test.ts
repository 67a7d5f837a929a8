import { expect, test } from "vitest";
import { Output } from "../../src/cli/output.ts";
import { clock, progressLine } from "../../src/cli/progress.ts";
import { TrainView } from "../../src/cli/train_view.ts";
import type { StartEvent } from "../../src/train/events.ts";

class Screen {
  text = "";
  readonly columns = 80;
  constructor(readonly isTTY: boolean) {}
  write(text: string): void {
    this.text += text;
  }
}

const START: StartEvent = {
  event: "start",
  objective: "instdisc",
  data: "mnist",
  images: { train: 4000, test: 2000 },
  adapter: "Some GPU",
  software: false,
  memory: { bytes: { bank: 2 ** 20, data: 0 }, total: 2 ** 20, largest: [] },
  launches: 34,
  steps: 310,
  stepsPerEpoch: 31,
  epochs: 10,
  from: 0,
  baseline: { pixels: 0.913, untrained: 0.74 },
};
const STEP = { event: "step", parts: {}, rate: 0.03, imagesPerSecond: 1234 } as const;
const EVALUATE = { event: "evaluate", knn: 0.912, meanCosine: 0.07, uniformity: -3, effectiveRank: 30 } as const;

test("the line fits every width, and drops what matters least first", () => {
  const progress = { step: 100, steps: 310, epoch: 3, epochs: 10, loss: 4.1234, imagesPerSecond: 1234, knn: 0.91, secondsLeft: 62 };
  const full = progressLine(progress, 120);
  expect(full).toContain(" 32 %  loss 4.123  kNN 91.0 %  1:02 left  1,234 images/s");
  expect(full).toContain("epoch 4/10");
  for (let columns = 24; columns < 120; columns++) expect(progressLine(progress, columns).length).toBeLessThan(columns);
  expect(progressLine(progress, 40)).toBe("epoch 4/10  32 %  loss 4.123");
  expect(progressLine({ ...progress, step: 310, epoch: 10 }, 120), "no eleventh epoch").toContain("epoch 10/10");
});

test("clock", () => {
  expect([0, 59.6, 725, 3753].map(clock)).toEqual(["0:00", "1:00", "12:05", "1:02:33"]);
});

test("a terminal gets a line redrawn in place, and its cursor back", async () => {
  const screen = new Screen(true);
  let now = 0;
  const view = new TrainView(new Output(false, screen, screen), () => now);
  view.show(START);
  now = 10_000;
  view.show({ ...STEP, step: 0, epoch: 0, loss: 9 });
  view.show({ ...STEP, step: 30, epoch: 0, loss: 8 });
  await Promise.resolve();
  expect(screen.text).not.toContain("loss 9");
  view.show({ ...EVALUATE, step: 31, epoch: 1 });
  view.end();
  expect(screen.text).toContain("1:30 left");
  expect(screen.text).toContain("\r\u001b[K");
  expect(screen.text.lastIndexOf("\u001b[?25h")).toBeGreaterThan(screen.text.lastIndexOf("\u001b[?25l"));
});

test("a file gets plain lines, one an epoch", () => {
  const file = new Screen(false);
  const view = new TrainView(new Output(false, file, file), () => 0);
  view.show(START);
  for (let step = 0; step < 31; step++) view.show({ ...STEP, step, epoch: 0, loss: 8 });
  view.show({ ...EVALUATE, step: 31, epoch: 1 });
  view.end();
  expect(file.text).not.toContain("\u001b");
  expect(file.text).not.toContain("\r");
  expect(file.text.trimEnd().split("\n").at(-1)).toBe("epoch  1/10  loss 8.000  kNN 91.2 %  0:00 left  1,234 images/s  mean cosine 0.07");
});

test("with --json stdout carries JSON and nothing else, also for numbers that JSON lacks", () => {
  const [out, err] = [new Screen(true), new Screen(true)];
  const output = new Output(true, out, err);
  output.line("words");
  output.status("words");
  output.event({ event: "x", loss: Number.POSITIVE_INFINITY, y: new Float32Array([0.5]) });
  output.problem("trouble");
  expect(out.text).toBe('{"event":"x","loss":"Infinity","y":[0.5]}\n');
  expect(err.text).toBe("trouble\n");
});
