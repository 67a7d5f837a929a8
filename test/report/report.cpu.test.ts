import { beforeAll, describe, expect, test } from "vitest";
import { renderReport } from "../../src/report/report.ts";
import { summarise } from "../../src/report/run_summary.ts";
import { nextSteps } from "../../src/report/sections.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import type { Picture } from "../../src/train/picture.ts";
import { fakeConfig, fakeEvents, fakePicture } from "./fixture.ts";

const HOSTILE = `</style><script>alert("x")</script><img src=x onerror='alert(1)'>`;

describe("a finished run", () => {
  let picture: Picture;
  let report: string;
  beforeAll(async () => {
    picture = await fakePicture(300);
    report = renderReport({ config: fakeConfig, events: fakeEvents(), picture, folder: "runs/a" });
  });

  test("shows the result beside both baselines, the curves, the map, the gallery and the configuration", () => {
    expect(report).toContain("recognises 93.6\u202f% of images it never saw");
    expect(report).toContain("27\u202f% fewer mistakes");
    for (const text of [
      "Raw pixels",
      "Untrained encoder",
      "Loss",
      "Mean cosine",
      "Effective rank",
      "Map of held-out images",
      "full-softmax",
    ]) {
      expect(report).toContain(text);
    }
    expect(report.match(/<img src="data:image\/png;base64,/g)).toHaveLength(10 * 9);
    expect(report).toContain("software adapter");
    expect(report).toContain("npm run -s nearfar -- train --resume runs/a --epochs 20");
    expect(report).not.toMatch(/\b(NaN|undefined|\[object Object\])/);
  });

  test("marks as many neighbours as have another class", () => {
    const wrong = picture.gallery.flatMap(({ query, neighbours }) => neighbours.filter(({ label }) => label !== query.label)).length;
    expect(wrong).toBeGreaterThan(0);
    expect(report.match(/class="near wrong"/g)).toHaveLength(wrong);
    expect(report).toContain(`${80 - wrong} of 80 are of the query`);
  });

  test("is complete in itself: no script, no request, and a policy that forbids both", () => {
    expect(report).not.toMatch(/<script|<link|<iframe|@import|url\(|https?:\/\//i);
    expect(report).toContain("default-src &#39;none&#39;");
    expect([...report.matchAll(/\b(?:src|href)="([^"]*)/g)].every((m) => m[1]?.startsWith("data:"))).toBe(true);
    expect(report.length).toBeLessThan(400_000);
  });

  test("has balanced tags", () => {
    const open: string[] = [];
    for (const [, close, name = "", rest = ""] of report.matchAll(/<(\/?)([a-z][a-z0-9]*)\b([^>]*)>/gi)) {
      if (close) expect(open.pop()).toBe(name);
      else if (!rest.endsWith("/") && !["meta", "img"].includes(name)) open.push(name);
    }
    expect(open).toEqual([]);
  });
});

test("no text of a run can become markup", async () => {
  const picture = { ...(await fakePicture(50)), classes: Array.from({ length: 10 }, () => HOSTILE) };
  const events = fakeEvents(1).map((event): TrainEvent => {
    if (event.event === "start") return { ...event, data: HOSTILE, adapter: HOSTILE, objective: HOSTILE };
    if (event.event === "warning") return { ...event, message: HOSTILE };
    return event.event === "done" ? { ...event, checkpoint: HOSTILE } : event;
  });
  const report = renderReport({
    config: { [HOSTILE]: HOSTILE, list: [HOSTILE] },
    events,
    picture,
    folder: HOSTILE,
  });
  expect(report).not.toMatch(/<script|<img src=x|onerror='/);
  expect(report.match(/<\/style>/g)).toHaveLength(1);
  expect(report.split("&lt;script&gt;").length).toBeGreaterThan(10);
});

test("a run that was cut off, has no labels, or logged nothing is reported as what it is", () => {
  const cut = fakeEvents(2).filter(({ event }) => event !== "done");
  expect(renderReport({ config: {}, events: cut, picture: null, folder: "a" })).toContain("Not finished.");
  const blind = fakeEvents(1).map((event): TrainEvent => {
    if (event.event === "evaluate") return { ...event, knn: null };
    if (event.event === "done") return { ...event, knn: null, baseline: null };
    if (event.event !== "start") return event;
    const { baseline: _, ...rest } = event;
    return rest;
  });
  const report = renderReport({ config: {}, events: blind, picture: null, folder: "a" });
  expect(report).toContain("The data has no labels");
  expect(report).not.toMatch(/Raw pixels|nearfar -- (probe|retrieve)/);
  const empty = renderReport({ config: {}, events: [], picture: null, folder: "a" });
  expect(empty).toContain("waits for the first step");
  expect(empty).not.toMatch(/\b(NaN|undefined)\b/);
});

test.each([
  [{ unit: "document", objective: "cpc" }, "no sentence from another", "documents it never saw", /images|retrieve/],
  [{ unit: "clip", objective: "cpc" }, "no frame from another", "clips it never saw", /images|retrieve/],
  [{ objective: "cpc" }, "no patch from another", "images it never saw", /clips/],
  [{}, "no image from another", "nearfar -- retrieve a", /clips/],
])("speaks of what was learned from: %o", (start, loss, samples, never) => {
  const events = fakeEvents(1).map((event): TrainEvent => (event.event === "start" ? { ...event, ...start } : event));
  const report = renderReport({ config: {}, events, picture: null, folder: "a" });
  for (const words of [loss, samples, "nearfar -- probe a"]) expect(report).toContain(words);
  expect(report).not.toMatch(never);
});

test("a result below raw pixels is not dressed up", () => {
  const worse = fakeEvents(1).map((event): TrainEvent => (event.event === "done" ? { ...event, knn: 0.8 } : event));
  expect(renderReport({ config: {}, events: worse, picture: null, folder: "a" })).toContain("not yet better than comparing raw pixels");
});

test("a resumed run replaces the steps that were logged after its checkpoint", () => {
  const [start, ...rest] = fakeEvents(2);
  const first = rest.filter((event) => event.event === "step" && event.step < 50);
  const again = rest.filter((event) => event.event === "step" && event.step >= 40).map((event) => ({ ...event, loss: 1 }) as TrainEvent);
  const run = summarise([start, ...first, { ...start, from: 40 } as TrainEvent, ...again].filter((event) => event !== undefined));
  expect(run.steps.map(({ step }) => step)).toEqual(Array.from({ length: 62 }, (_, i) => i));
  expect(run.steps[45]?.loss).toBe(1);
  expect(run.steps[39]?.loss).not.toBe(1);
  expect(run.sessions).toBe(2);
  expect(run.stepsDone).toBe(62);
});

test("the time of a resumed run is that of all sessions that told theirs", () => {
  const [start, ...rest] = fakeEvents(2);
  if (!start) throw new Error("the fixture has no start");
  const whole = [start, ...rest];
  const of = (events: readonly TrainEvent[]) => renderReport({ config: {}, events, picture: null, folder: "a" });
  expect(of(whole)).toMatch(/<dd>1\smin\s43\ss<small>evaluations included/);
  expect(of([...whole, ...whole])).toMatch(/<dd>3\smin\s27\ss<small>2 sessions, evaluations included/);
  const killed = whole.filter(({ event }) => event !== "done");
  expect(of([...killed, ...whole])).toMatch(/<dd>1\smin\s43\ss<small>1 of 2 sessions, evaluations included/);
});

test("a folder with odd characters is quoted for the shell", () => {
  expect(nextSteps("it's here", "mnist", 5)[1]?.command).toBe("npm run -s nearfar -- evaluate 'it'\\''s here' --data mnist");
});
