import { expect, test } from "vitest";
import { labelLines } from "../../src/cli/embed_labels.ts";
import { imageDataset } from "../../src/data/images.ts";
import { labelsOf, soundDataset } from "../../src/data/sound.ts";
import { textDataset } from "../../src/data/text/texts.ts";

const images = (known: { readonly labels?: number[]; readonly classes?: string[] } = {}) => {
  const one = imageDataset({ name: "x", channels: 1, height: 1, width: 1, pixels: new Uint8Array(3), ...known });
  return { data: { train: one, test: one } };
};

test("clips and documents: their names and all labels, a line each in their order", () => {
  const clips = [new Float32Array(2), new Float32Array(3)];
  const labels = { voice: labelsOf(["b", "a"]), prompt: labelsOf(["hello\tyou", "bye"]) };
  const sound = soundDataset({ name: "s", rate: 8000, clips, clipNames: ["b/0", "a/1"], labels });
  const other = soundDataset({ name: "t", rate: 8000, clips: clips.slice(1) });
  expect(labelLines({ sounds: { train: sound, test: other } }, "train")).toBe("name\tvoice\tprompt\nb/0\tb\thello you\na/1\ta\tbye\n");
  expect(labelLines({ sounds: { train: sound, test: other } }, "test")).toBe("name\nclip 0\n");
  const text = textDataset({ name: "d", documents: ["x", "y"], labels: { thing: labelsOf(["one", "two"]) } });
  expect(labelLines({ texts: { train: text, test: text } }, "test")).toBe("name\tthing\ndocument 0\tone\ndocument 1\ttwo\n");
});

test("images: numbers of classes, and their names where they have some; without labels, or made by the job: refused", () => {
  expect(labelLines(images({ labels: [2, 0, 1] }), "train")).toBe("label\n2\n0\n1\n");
  expect(labelLines(images({ labels: [2, 0, 2], classes: ["a", "b", "c"] }), "test")).toBe("label\tclass\n2\tc\n0\ta\n2\tc\n");
  expect(() => labelLines(images(), "test")).toThrow("--labels-out: x has no labels");
  expect(() => labelLines({}, "test")).toThrow("--labels-out: these data are made on the device");
});
