import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MNIST_FILES, type MnistPart, mnistFileNames } from "../../src/data/mnist.ts";
import { FormatError, UsageError } from "../../src/errors.ts";
import { readMnist } from "../../src/host/files.ts";
import { tinyMnist } from "../data/mnist_bytes.ts";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "nearfar-mnist-"));
});
afterEach(() => rm(dir, { recursive: true }));

/** Writes the four files, each under the name that `nameOf` chooses; a name of "" leaves it out. */
async function put(nameOf: (part: MnistPart) => string): Promise<void> {
  for (const [part, bytes] of Object.entries(tinyMnist())) {
    const name = nameOf(part as MnistPart);
    if (name !== "") await writeFile(join(dir, name), name.endsWith(".gz") ? gzipSync(bytes) : bytes);
  }
}

describe("readMnist", () => {
  it.each([0, 1, 2, 3])("finds the files under form %d of their names", async (form) => {
    await put((part) => mnistFileNames(part)[form]!);
    const { train, test } = await readMnist(dir);
    expect([train.length, test.length, [...train.labels!]]).toEqual([3, 1, [7, 0, 9]]);
  });

  it("names the file that is missing, and what was looked for", async () => {
    await put((part) => (part === "testImages" ? "" : MNIST_FILES[part]));
    await expect(readMnist(dir)).rejects.toThrow(UsageError);
    await expect(readMnist(dir)).rejects.toThrow(
      `${dir}: no MNIST file t10k-images-idx3-ubyte: expected one of t10k-images-idx3-ubyte, t10k-images-idx3-ubyte.gz, t10k-images.idx3-ubyte, t10k-images.idx3-ubyte.gz`,
    );
  });

  it("names a folder that is not there", async () => {
    await expect(readMnist(join(dir, "none"))).rejects.toThrow(UsageError);
    await expect(readMnist(join(dir, "none"))).rejects.toThrow(/none: not a folder that can be read/);
  });

  it("names the path of a damaged file", async () => {
    await put((part) => MNIST_FILES[part]);
    await writeFile(join(dir, MNIST_FILES.testLabels), "short");
    await expect(readMnist(dir)).rejects.toThrow(FormatError);
    await expect(readMnist(dir)).rejects.toThrow(`${join(dir, MNIST_FILES.testLabels)}: byte 0 (magic number)`);
  });

  it("reads all of MNIST from the npm package", async () => {
    const { train, test } = await readMnist();
    expect([train.length, test.length, train.height, train.width]).toEqual([60_000, 10_000, 28, 28]);
    expect([...train.labels!.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    expect(train.fingerprint).toBe("images u8 60000x1x28x28 crc32 f3639b56");
    expect(test.fingerprint).toBe("images u8 10000x1x28x28 crc32 e4ca5f57");
  });
});
