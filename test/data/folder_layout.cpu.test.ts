import { describe, expect, test } from "vitest";
import { bytewise, type FolderFiles, folderLayout } from "../../src/data/folder_layout.ts";
import { evenly, holdOut } from "../../src/data/hold_out.ts";
import { UsageError } from "../../src/errors.ts";

const numbered = (folder: string, count: number, from = 0) => Array.from({ length: count }, (_, i) => `${folder}${from + i}.png`);

function layout(paths: readonly string[], more: Partial<FolderFiles> = {}) {
  const warnings: string[] = [];
  const { train, test: held, classes } = folderLayout({ name: "d", paths, every: 5, warn: (text) => warnings.push(text), ...more });
  const told = (part: typeof train) => part.map(({ path, label }) => (label === undefined ? path : `${path}=${label}`));
  return { train: told(train), test: told(held), classes, warnings };
}

describe("folderLayout", () => {
  test("class folders: every fifth file of a class is held out", () => {
    expect(layout([...numbered("dog/", 6), ...numbered("cat/", 5), "ant/only.JPEG"])).toEqual({
      train: ["ant/only.JPEG=0", ...numbered("cat/", 4).map((p) => `${p}=1`), ...numbered("dog/", 4).map((p) => `${p}=2`), "dog/5.png=2"],
      test: ["cat/4.png=1", "dog/4.png=2"],
      classes: ["ant", "cat", "dog"],
      warnings: [],
    });
    expect(layout([...numbered("a/", 3), ...numbered("b/", 3)], { every: 2 }).test).toEqual(["a/1.png=0", "b/1.png=1"]);
  });

  test("train/ and test/, also within a folder of their own, with folders in classes", () => {
    const files = ["w/train/b/x.jpg", "w/train/a/deep/er/y.png", "w/test/b/z.jpeg"];
    expect(layout(files)).toEqual({
      train: ["w/train/a/deep/er/y.png=0", "w/train/b/x.jpg=1"],
      test: ["w/test/b/z.jpeg=1"],
      classes: ["a", "b"],
      warnings: [],
    });
    expect(layout(files.map((path) => path.replace("test", "val"))).test).toEqual(["w/val/b/z.jpeg=1"]);
  });

  test("test/ wins over val/, which is not used and said so", () => {
    const { train, test: held, warnings } = layout(["train/a/1.png", "train/b/1.png", "val/a/1.png", "val/b/1.png", "test/a/1.png"]);
    expect([train.length, held]).toEqual([2, ["test/a/1.png=0"]]);
    expect(warnings).toEqual(["d: 2 images in val/ not used: test/ is the test part"]);
  });

  test("train/ alone is split; a class may be called train", () => {
    expect(layout([...numbered("train/a/", 5), ...numbered("train/b/", 5)]).test).toEqual(["train/a/4.png=0", "train/b/4.png=1"]);
    expect(layout([...numbered("car/", 5), ...numbered("train/", 5)]).classes).toEqual(["car", "train"]);
  });

  test("no class folders, no labels; a test part with classes keeps its own", () => {
    expect(layout(numbered("", 6))).toEqual({
      train: ["0.png", "1.png", "2.png", "3.png", "5.png"],
      test: ["4.png"],
      classes: undefined,
      warnings: [],
    });
    expect(layout(["train/1.png", "test/a/1.png", "test/b/1.png"])).toMatchObject({
      train: ["train/1.png"],
      test: ["test/a/1.png=0", "test/b/1.png=1"],
    });
    expect(layout(["train/a/1.png", "train/b/1.png", "test/1.png"])).toMatchObject({ test: ["test/1.png"], classes: ["a", "b"] });
  });

  test("a single class tells nothing: no labels, with a warning", () => {
    const lone = layout(numbered("cat/", 5));
    expect([lone.train[0], lone.classes, lone.warnings]).toEqual([
      "cat/0.png",
      undefined,
      ["d: all images are in one folder (cat/): taken as images without classes"],
    ]);
    const parted = layout(["train/cat/1.png", "test/cat/2.png"]);
    expect([parted.train, parted.test, parted.classes]).toEqual([["train/cat/1.png"], ["test/cat/2.png"], undefined]);
    expect(parted.warnings).toEqual(["d: all images are of one class (cat): taken as images without classes"]);
  });

  test("hidden files do not exist; others are passed over, counted and named", () => {
    const hidden = [".DS_Store", "a/._0.png", "__MACOSX/a/0.png", ".cache/x.png"];
    expect(layout([...numbered("a/", 5), ...numbered("b/", 5), ...hidden]).warnings).toEqual([]);
    const { warnings, train } = layout([...numbered("a/", 5), ...numbered("b/", 5), "README.md", "a/x.webp"]);
    expect(warnings).toEqual(["d: 2 files passed over, neither .png, .jpg nor .jpeg: README.md, a/x.webp"]);
    expect(train).toHaveLength(8);
  });

  test.each<[string, readonly string[], RegExp, (readonly string[])?]>([
    ["no images", ["a/x.txt", ".y.png"], /d: no PNG or JPEG files \(.*\) among 1 files/],
    ["nothing", [], /among 0 files/],
    ["one image", ["cat/1.png"], /1 images without a test part, of which every 5th of a class would be held out: that is none/],
    ["four images a class", [...numbered("a/", 4), ...numbered("b/", 4)], /8 images.*that is none/],
    [
      "images beside class folders",
      ["a/1.png", "b/1.png", "2.png"],
      /1 image beside the folders in it \(2\.png\): give every image a class folder/,
    ],
    [
      "images beside class folders of a part",
      ["train/a/1.png", "train/2.png", "test/3.png"],
      /beside the folders in train\/ \(train\/2\.png\)/,
    ],
    [
      "images beside the parts",
      ["train/1.png", "test/1.png", "more/1.png", "2.png"],
      /images in the folder itself, more, beside train\/ and test\//,
    ],
    ["a test part alone", ["test/a/1.png"], /images in test\/ but none in train\//],
    [
      "a class in test that train lacks",
      ["train/a/1.png", "train/b/1.png", "test/c/1.png"],
      /test\/c\/ is a class that train\/ does not have \(it has a, b\)/,
    ],
    [
      "a class folder without images",
      [...numbered("a/", 5), ...numbered("c/", 5), "b/x.webp"],
      /class folders without a PNG or JPEG file: b\/\. Fill them/,
    ],
    ["an empty class folder", [...numbered("a/", 5), ...numbered("c/", 5)], /without a PNG or JPEG file: b\//, ["a", "b", "c"]],
    [
      "an empty class folder of a part",
      ["train/a/1.png", "train/b/1.png", "test/a/1.png"],
      /file: test\/b\//,
      ["train/a", "test/a", "test/b"],
    ],
  ])("refuses %s", (_, paths, message, folders) => {
    expect(() => layout(paths, folders ? { folders } : {})).toThrow(UsageError);
    expect(() => layout(paths, folders ? { folders } : {})).toThrow(message);
  });
});

test("bytewise: the order of UTF-8 bytes, where sort() differs", () => {
  const names = ["b", "a/x", "a-b/x", "a", "\u{1f600}", "\u{1f601}", "\ufb00", "Z", "\u{1f600}a", ""];
  expect(bytewise(names)).toEqual([...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  expect(bytewise(names)).not.toEqual([...names].sort());
});

test("holdOut and evenly count within each class", () => {
  const split = holdOut([0, 1, 0, 1, 0, 0, 1], 2, "d");
  expect([[...split.train], [...split.test]]).toEqual([
    [0, 1, 4, 6],
    [2, 3, 5],
  ]);
  expect([...evenly([0, 0, 0, 0, 1, 1, 2], 5)]).toEqual([0, 1, 4, 5, 6]);
  expect([...evenly([undefined, undefined, undefined], 2)]).toEqual([0, 1]);
  expect([...evenly([7, 7], 2)]).toEqual([0, 1]);
});
