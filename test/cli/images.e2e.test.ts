import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { readNpy, writeNpy } from "../../src/formats/npy.ts";
import { cmykFile, jpegFile, pngFile } from "../data/image_bytes.ts";
import { nearfar, temporaryFolder } from "./run.ts";

// A user's own images, from files to a report: class folders of PNG and JPEG in different sizes, and NumPy arrays.

const base = temporaryFolder();
const SMALL = "--batch 16 --blocks 8,8 --dim 16 --epochs 1 --mode softmax --negatives 16 --json".split(" ");

/** 20 images in each of two class folders, 18 to 27 pixels high. */
async function images(): Promise<string> {
  const dir = join(base, "photos");
  for (let i = 0; i < 20; i++) {
    for (const [c, name] of ["ant", "bee"].entries()) {
      const [h, w, seed] = [18 + (i % 10), 24, i + 20 * c];
      const file = join(dir, name, `${i}.${i % 2 ? "png" : "jpg"}`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, i % 2 ? await pngFile(h, w, 3, seed) : await jpegFile(h, w, 3, seed));
    }
  }
  writeFileSync(join(dir, "bee", "print.jpg"), await cmykFile(20, 24));
  return dir;
}

test("a folder of images: refused with a reason, then trained on, evaluated and embedded", async () => {
  const [dir, out] = [await images(), join(base, "run")];
  const data = ["--data", "images", "--data-dir", dir];
  const refused = await nearfar(["train", ...data, "--image-size", "16x20", ...SMALL, "--out", join(base, "refused")]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/bee\/print\.jpg: colours: expected grey or RGB, found CMYK .*--skip-bad/);
  const { code, events, stderr } = await nearfar(["train", ...data, "--image-size", "16x20", "--skip-bad", ...SMALL, "--out", out]);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/^nearfar: warning: .*photos: 1 unreadable file left out: bee\/print\.jpg \(.*CMYK.*\)\n$/),
  });
  expect(events[0]).toMatchObject({ event: "start", data: "images", images: { train: 32, test: 8 }, steps: 2 });
  expect(events.at(-1)).toMatchObject({ event: "done", steps: 2, knn: expect.any(Number), baseline: { pixels: expect.any(Number) } });
  expect(JSON.parse(readFileSync(join(out, "config.json"), "utf8")).data).toMatchObject({
    name: "images",
    folder: dir,
    size: [16, 20],
    skipBad: true,
  });
  expect(readFileSync(join(out, "report.html"), "utf8")).toContain("bee");

  const measured = await nearfar(["evaluate", out, "--json"]);
  expect([measured.code, measured.events[0]?.knn]).toEqual([0, events.at(-1)?.knn]);
  const features = join(base, "f.npy");
  const embedded = await nearfar(["embed", "--weights", out, "--split", "train", "--out", features, "--json"]);
  expect([embedded.code, readNpy(readFileSync(features)).shape]).toEqual([0, [32, 16]]);
});

test("NumPy arrays: a share is held out", async () => {
  const [dir, out] = [join(base, "arrays"), join(base, "npy")];
  mkdirSync(dir);
  const level = (n: number, i: number) => (60 * (n % 4) + 3 * i + ((n * i) % 31)) & 255;
  const pixels = Uint8Array.from({ length: 40 * 192 }, (_, i) => level(Math.floor(i / 192), i % 192));
  writeFileSync(join(dir, "x.npy"), writeNpy({ dtype: "|u1", shape: [40, 8, 8, 3], data: pixels }));
  writeFileSync(
    join(dir, "y.npy"),
    writeNpy({ dtype: "<i8", shape: [40], data: BigInt64Array.from({ length: 40 }, (_, n) => BigInt(n % 4)) }),
  );
  const { code, events, stderr } = await nearfar([
    "train",
    "--data",
    "npy",
    "--data-dir",
    dir,
    "--image-size",
    "16",
    ...SMALL,
    "--out",
    out,
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(events[0]).toMatchObject({ images: { train: 32, test: 8 }, steps: 2 });
  expect(events.at(-1)).toMatchObject({ event: "done", knn: expect.any(Number) });
});
