import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { loadData } from "../../src/cli/data.ts";
import { EMOJI_VENDORS, type EmojiSets } from "../../src/data/emoji.ts";
import { isMultiView, type MultiViewDataset } from "../../src/data/multi_view.ts";
import { FormatError, UsageError } from "../../src/errors.ts";
import { packageDir, readEmoji } from "../../src/host/emoji.ts";
import { type IconSet, openPainter, svgOf } from "../../src/host/icons.ts";
import { resolveConfig } from "../../src/train/config.ts";

const SIZE = 8;
let dir = "";
let all: EmojiSets;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "nearfar-emoji-"));
  vi.stubEnv("NEARFAR_CACHE", dir);
  all = await readEmoji({ vendors: EMOJI_VENDORS, size: [SIZE, SIZE] });
}, 120_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

describe("readEmoji, all vendors", () => {
  test("1,442 emoji in 95 subgroups and 9 groups, 288 of them held out", () => {
    const { train, test: held, emoji } = all;
    const every = [...emoji.train, ...emoji.test];
    expect([train.length, held.length, train.classes?.length]).toEqual([1154, 288, 95]);
    expect([every.length, new Set(every.map(({ code }) => code)).size]).toEqual([1442, 1442]);
    expect(new Set(every.map(({ group }) => group)).size).toBe(9);
    expect(every.filter(({ flag }) => flag).map(({ label }) => label)).toHaveLength(5);
    expect(every.filter(({ code }) => /1f3f[b-f]/.test(code) && code.includes("-"))).toEqual([]);
  });

  test("labels are the emoji's own subgroups", () => {
    const { train, emoji } = all;
    const dog = emoji.train.findIndex(({ label }) => label === "dog face");
    expect(train.classes?.[train.labels?.[dog] ?? -1]).toBe("animal-mammal");
  });

  test("each vendor draws each emoji its own way, on white, and never nothing", () => {
    const image = 3 * SIZE * SIZE;
    for (const part of [all.train, all.test]) {
      expect(isMultiView(part)).toBe(true);
      const { views } = part as MultiViewDataset;
      expect(views.map(({ name }) => name)).toEqual(EMOJI_VENDORS);
      for (const { name, pixels } of views) {
        const images = Array.from({ length: part.length }, (_, i) => pixels().subarray(i * image, (i + 1) * image));
        expect(images.filter((bytes) => Math.min(...bytes) > 230).length, `${name}: blank`).toBe(0);
        // Round drawings leave the corners white; squares do not.
        expect(images.filter((bytes) => (bytes[0] ?? 0) > 250).length / images.length, `${name}: corners`).toBeGreaterThan(0.6);
      }
    }
  });

  test("red is the first channel: a red heart, a green and a blue one", () => {
    const { emoji, train, test: held } = all;
    const mean = (label: string): number[] => {
      const [part, list] = emoji.train.some((one) => one.label === label) ? [train, emoji.train] : [held, emoji.test];
      const at = list.findIndex((one) => one.label === label) * 3 * SIZE * SIZE;
      const channel = (c: number) => part.pixels().subarray(at + c * SIZE * SIZE, at + (c + 1) * SIZE * SIZE);
      return [0, 1, 2].map((c) => channel(c).reduce((sum, byte) => sum + byte, 0));
    };
    for (const [c, label] of ["red heart", "green heart", "blue heart"].entries()) {
      const means = mean(label);
      expect(means.indexOf(Math.max(...means)), label).toBe(c);
    }
  });

  test("one vendor alone has the same emoji in the same order, from the cache", async () => {
    const before = await readdir(join(dir, "nearfar"));
    const { train, test: held, emoji } = await readEmoji({ vendors: ["openmoji"], size: [SIZE, SIZE], labels: "group" });
    expect(await readdir(join(dir, "nearfar"))).toEqual(before);
    expect(emoji.test.map(({ code }) => code)).toEqual(all.emoji.test.map(({ code }) => code));
    expect(Buffer.compare(train.pixels(), (all.train as MultiViewDataset).views[2]?.pixels() ?? Buffer.of())).toBe(0);
    expect([isMultiView(train), train.classes?.length, held.length]).toEqual([false, 9, 288]);
  });

  test("loadData takes a part of every view", async () => {
    const { data } = resolveConfig({ data: { name: "emoji", vendors: ["noto", "twemoji"], size: [SIZE, SIZE], limit: 10 } });
    const { train, test: held } = await loadData(data);
    expect([train.length, held.length]).toEqual([10, 288]);
    expect((train as MultiViewDataset).views[1]?.pixels()).toHaveLength(10 * 3 * SIZE * SIZE);
    await expect(loadData({ ...data, folder: "x" })).rejects.toThrow(/leave --data-dir out/);
  });
});

describe("the painter", () => {
  const box = (body: string, more: object = {}): IconSet => ({ prefix: "test", width: 16, height: 16, icons: { a: { body, ...more } } });
  const paint = async (set: IconSet, size = 4, names = ["a"]) => [...(await (await openPainter()).paint(set, names, size))];

  test("planar RGB over white", async () => {
    const left = await paint(box('<path fill="#f00" d="M0 0h8v16H0z"/>'));
    const row = [255, 255, 255, 255];
    const half = [0, 0, 255, 255];
    expect(left).toEqual([row, row, row, row, half, half, half, half, half, half, half, half].flat());
  });

  test("half a pixel is half the colour, half transparent too", async () => {
    const [edge] = await paint(box('<path d="M0 0h2v16H0z"/>'));
    expect(edge).toBe(128);
    const [veil] = await paint(box('<path fill-opacity=".5" d="M0 0h16v16H0z"/>'));
    expect(Math.abs((veil ?? 0) - 127.5)).toBeLessThan(1);
  });

  test("a drawing of its own size is whole, in proportion and centred", async () => {
    const wide = await paint(box('<path d="M2 1h32v16H2z"/>', { left: 2, top: 1, width: 32, height: 16 }));
    expect(wide.slice(0, 16)).toEqual([255, 0, 0, 255].flatMap((level) => [level, level, level, level]));
  });

  test("gives the same bytes every time", async () => {
    const gradient = '<linearGradient id="g"><stop stop-color="#fa3"/><stop offset="1" stop-color="#06f"/></linearGradient>';
    const set = box(`<defs>${gradient}</defs><circle cx="8" cy="8" r="7" fill="url(#g)" stroke="#222"/>`);
    const many = await paint(set, 32, new Array(40).fill("a"));
    const image = 3 * 32 * 32;
    expect(many.every((byte, at) => byte === many[at % image])).toBe(true);
    expect(await paint(set, 32)).toEqual(many.slice(0, image));
    expect(new Set(many).size).toBeGreaterThan(50);
  });

  test("refuses icons that are not there or are no SVG", async () => {
    expect(() => svgOf(box(""), "b", 4)).toThrow(FormatError);
    expect(() => svgOf(box(""), "toString", 4)).toThrow(/test: expected an icon "toString" with a body, found none/);
    await expect(paint(box("<path"))).rejects.toThrow(/test: icon a: cannot be drawn/);
  });
});

test("a package that is missing is named, with what to install", () => {
  expect(() => packageDir("@iconify-json/none")).toThrow(UsageError);
  expect(() => packageDir("@iconify-json/none")).toThrow(
    /npm package @iconify-json\/none is not installed: run `npm install --save-dev @iconify-json\/noto .* emojibase-data sharp`/,
  );
});
