import { expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import type { FromWorker } from "../../src/page/protocol.ts";
import { optionsFrom, settingsFrom } from "../../src/page/settings.ts";
import { after, OPENING, type PageState } from "../../src/page/state.ts";
import { TASK_NAMES, TASKS } from "../../src/page/tasks.ts";
import { view } from "../../src/page/view.ts";
import { resolveConfig } from "../../src/train/config.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import { fakeEvents, fakePicture } from "../report/fixture.ts";

const play = (messages: readonly FromWorker[], from: PageState = OPENING): PageState => messages.reduce(after, from);
const told = (events: readonly TrainEvent[]): FromWorker[] => events.map((event) => ({ kind: "event", event }));
const adapter: FromWorker = { kind: "adapter", name: "Some <b>adapter</b>", software: true };
const checkpoint: FromWorker = { kind: "checkpoint", step: 31, bytes: new Uint8Array(8) };
const config: FromWorker = { kind: "config", config: resolveConfig(optionsFrom({ limit: 4000 })) };
const lost: FromWorker = { kind: "failed", cause: "lost", message: "The GPU device was lost." };

test("a run goes from opening to done", () => {
  const ready = play([adapter]);
  expect(ready.stage).toBe("ready");
  const events = fakeEvents(2);
  const training = play([config, ...told(events.slice(0, 40))], { ...ready, stage: "loading" });
  expect(training.stage).toBe("training");
  expect(play(told(events.slice(40)), training).stage).toBe("done");
});

test("an adapter that answers again does not undo a run", () => {
  expect(play([adapter], { ...OPENING, stage: "loading" }).stage).toBe("loading");
});

test("a lost device keeps the checkpoint and says where it can go on; after the end it changes nothing", () => {
  const gone = play([adapter, ...told(fakeEvents(2).slice(0, 40)), checkpoint, lost]);
  expect(gone.stage).toBe("lost");
  expect(gone.checkpoint?.step).toBe(31);
  expect(view(gone).notice.text).toContain("Nothing up to step 31 is lost");
  expect(view(play([lost])).notice.text).toContain("No checkpoint was made yet");
  const done = play([adapter, ...told(fakeEvents(1)), lost]);
  expect(done.stage).toBe("done");
});

test("a missing WebGPU, a failure, a software adapter and warnings are told in words", () => {
  const missing = view(play([{ kind: "failed", cause: "unavailable", message: "WebGPU is not available: no secure context" }]));
  expect(missing.notice.text).toContain("This browser cannot train here.</b> WebGPU is not available: no secure context");
  expect(view(play([{ kind: "failed", cause: "error", message: "the loss of step 3 is not finite" }])).notice.text).toContain(
    "Training stopped",
  );
  const notice = view(play([adapter, ...told(fakeEvents(1))])).notice.text;
  expect(notice).toContain("WebGPU runs on the CPU here (Some &lt;b&gt;adapter&lt;/b&gt;)");
  expect(notice).toContain("features crowd into one direction");
});

test("before, during and after a run every part has markup without NaN", async () => {
  const picture = await fakePicture(50);
  const during = play([adapter, config, ...told(fakeEvents(3).slice(0, 60)), { kind: "picture", picture }]);
  const states = [OPENING, play([adapter]), during, play([...told(fakeEvents(3))]), { ...during, stage: "paused" as const }];
  for (const state of states) {
    for (const [part, { text }] of Object.entries(view(state)))
      expect(text, part).not.toMatch(/\b(NaN|Infinity|undefined|object Object)\b/);
  }
  const { progress, loss, map } = view(during);
  expect(progress.text).toMatch(/step \d+ of 93.*epoch 2 of 3.*images\/s.*about .* left/s);
  expect(loss.text).toContain("ln 4,000");
  expect(map.text).toContain("Map of held-out images, after 310 steps");
  expect(view({ ...during, stage: "paused" }).progress.text).toContain("paused");
  expect(view({ ...during, stage: "paused" }).progress.text).not.toContain("left");
});

test("settings of the address become options; others are refused", () => {
  expect(optionsFrom(settingsFrom("?limit=256&epochs=1&batch=64&test=100&seed=7"))).toEqual({
    objective: { name: "instdisc" },
    data: { name: "mnist", limit: 256, test: 100 },
    epochs: 1,
    batch: 64,
    seed: 7,
  });
  expect(settingsFrom("")).toEqual({});
  expect(optionsFrom(settingsFrom("?task=rooms&limit=64"))).toMatchObject({
    objective: { name: "cmc" },
    data: { name: "scenes", limit: 64 },
  });
  for (const task of TASK_NAMES) expect(resolveConfig(optionsFrom({ task })).objective.name).toBe(TASKS[task].options.objective.name);
  for (const search of ["?limt=256", "?limit=-1", "?limit=1e3", "?limit=", "?__proto__=1", "?task=rooks", "?task=toString"])
    expect(() => settingsFrom(search)).toThrow(UsageError);
});
