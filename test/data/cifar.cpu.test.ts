import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { loadData } from "../../src/cli/data.ts";
import { cifarFrom } from "../../src/data/cifar.ts";
import { filesSource } from "../../src/data/source.ts";
import { FormatError, UsageError } from "../../src/errors.ts";
import { readTar } from "../../src/formats/tar.ts";
import { entry, record, tar } from "./cifar_bytes.ts";

const batch = (...records: number[][]) => Uint8Array.from(records.flat());

function tenFiles(): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let n = 1; n <= 5; n++) files.set(`data_batch_${n}.bin`, batch(record([n], 10 * n), record([0], 7)));
  files.set("test_batch.bin", batch(record([9], 99)));
  return files.set("batches.meta.txt", new TextEncoder().encode(`${"abcdefghij".split("").join("\n")}\n\n`));
}

const none = new Uint8Array();
const source = (files: Map<string, Uint8Array>) =>
  filesSource([...files].map(([name, bytes]) => new File([bytes as Uint8Array<ArrayBuffer>], name)));

test("CIFAR-10 reads alike from a folder, a folder in it, a .tar.gz and a page's files", async () => {
  const dir = await mkdtemp(join(tmpdir(), "nearfar-cifar-"));
  try {
    const inner = join(dir, "cifar-10-batches-bin");
    await mkdir(inner);
    const archive = join(dir, "c.tar.gz");
    for (const [name, bytes] of tenFiles()) await writeFile(join(inner, name), bytes);
    const entries = [...tenFiles()].map(([name, bytes]) => entry(`cifar-10-batches-bin/${name}`, bytes));
    await writeFile(archive, gzipSync(tar(entry("cifar-10-batches-bin/", none, "5"), ...entries)));
    const config = { name: "cifar10", limit: 3, test: null };
    const all = [await cifarFrom(source(tenFiles()), "cifar10")];
    for (const folder of [inner, dir, archive]) all.push(await loadData({ ...config, folder, limit: null }));
    expect(new Set(all.map(({ train, test }) => train.fingerprint + test.fingerprint)).size).toBe(1);
    const { train, test: held } = await loadData({ ...config, folder: archive });
    expect([train.length, train.channels, train.height, train.width, [...train.labels!]]).toEqual([3, 3, 32, 32, [1, 0, 2]]);
    expect([held.length, held.classes?.[held.labels![0]!]]).toEqual([1, "j"]);
    const pixels = train.pixels();
    expect([pixels[0], pixels[1], pixels[3071], pixels[2 * 3072 + 1]]).toEqual([1, 10, 2, 20]);
    await writeFile(archive, gzipSync(tar(...entries)).subarray(0, 200));
    await expect(loadData({ ...config, folder: archive })).rejects.toThrow(FormatError);
    await expect(loadData({ ...config, folder: null })).rejects.toThrow(/--data-dir/);
    await expect(loadData({ ...config, folder: join(dir, "none") })).rejects.toThrow(UsageError);
  } finally {
    await rm(dir, { recursive: true });
  }
});

test("CIFAR-100 is labelled with its fine classes", async () => {
  const files = new Map([
    ["train.bin", batch(record([19, 99], 5), record([0, 3], 6))],
    ["test.bin", batch(record([1, 2], 7))],
  ]);
  const { train } = await cifarFrom(source(files), "cifar100");
  expect([[...train.labels!], train.pixels()[0], train.pixels()[1], train.classes?.length]).toEqual([[99, 3], 1, 5, 100]);
  files.set("test.bin", batch(record([20, 2], 7)));
  await expect(cifarFrom(source(files), "cifar100")).rejects.toThrow("byte 0 (label of image 0): expected 0 to 19, found 20");
});

const good = batch(record([1], 3));
test.each<[string, string, Uint8Array, RegExp]>([
  [
    "truncated",
    "data_batch_3.bin",
    good.subarray(0, 3000),
    /data_batch_3\.bin: file size: expected a multiple of 3073.*truncated or padded/,
  ],
  ["padded", "test_batch.bin", Uint8Array.from([...good, 0]), /test_batch\.bin: file size.*records of cifar100/],
  ["empty", "data_batch_1.bin", none, /found 0/],
  [
    "a label of ten",
    "data_batch_2.bin",
    batch(record([1], 3), record([10], 3)),
    /byte 3073 \(label of image 1\): expected 0 to 9, found 10/,
  ],
  ["other class names", "batches.meta.txt", new TextEncoder().encode("a\nb\n"), /expected 10 class names, found 2/],
])("refuses a CIFAR-10 file: %s", async (_, name, bytes, message) => {
  const refused = cifarFrom(source(tenFiles().set(name, bytes)), "cifar10");
  await expect(refused).rejects.toThrow(FormatError);
  await expect(refused).rejects.toThrow(message);
});

test("names the missing file, and two folders that both hold the data", async () => {
  const files = tenFiles();
  files.delete("data_batch_4.bin");
  await expect(cifarFrom(source(files), "cifar10")).rejects.toThrow(/no data_batch_4\.bin: expected the files of cifar10/);
  const twice = new Map([...tenFiles()].flatMap(([name, bytes]) => [`a/${name}`, `b/${name}`].map((path) => [path, bytes] as const)));
  await expect(cifarFrom(source(twice), "cifar10")).rejects.toThrow(/lie in "a\/" and "b\/"/);
});

test("a tar may give long names as GNU or pax do", () => {
  const long = `${"x".repeat(120)}/y`;
  const pair = ` path=${long}\n`;
  const pax = Buffer.from(`${pair.length + 3}${pair}`);
  const files = readTar(
    tar(entry("l", Buffer.from(`${long}1\0`), "L"), entry("a", good), entry("p", pax, "x"), entry("b", none), entry("c", good)),
  );
  expect([...files.keys()]).toEqual([`${long}1`, long, "c"]);
  expect([...(files.get("c") ?? [])]).toEqual([...good]);
});

test.each<[string, Uint8Array, RegExp]>([
  ["a path with ..", tar(entry("a/../../b", good)), /a path inside the archive/],
  ["an absolute path", tar(entry("/etc/passwd", good)), /a path inside the archive/],
  ["a symbolic link", tar(entry("a", none, "2")), /files and folders only/],
  ["a hard link", tar(entry("a", none, "1")), /files and folders only/],
  ["a wrong checksum", tar(entry("a", good, "0", 1)), /checksum/],
  ["a path twice", tar(entry("a", good), entry("./a", good)), /every path once/],
  ["an entry cut off", tar(entry("a", good)).subarray(0, 2000), /truncated/],
  ["no end mark", entry("a", good), /truncated/],
  ["no tar at all", new Uint8Array(600).fill(65), /octal number/],
])("refuses a tar with %s", (_, bytes, message) => {
  expect(() => readTar(bytes)).toThrow(FormatError);
  expect(() => readTar(bytes)).toThrow(message);
});
