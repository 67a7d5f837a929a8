import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { loadData } from "../../src/cli/data.ts";
import { type DirectoryHandle, directorySource } from "../../src/data/directory_source.ts";
import { httpSource } from "../../src/data/http_source.ts";
import { type ImageFolderOptions, imageFolderFrom } from "../../src/data/image_folder.ts";
import { filesSource, memorySource, type Source } from "../../src/data/source.ts";
import { FormatError, UsageError } from "../../src/errors.ts";
import { nodeImageDecoder } from "../../src/host/image_decoder.ts";
import { folderSource, openSource } from "../../src/host/sources.ts";
import { entry, tar } from "./cifar_bytes.ts";
import { cmykFile, jpegFile, noise, photo, pngFile, readBySharp } from "./image_bytes.ts";

type Files = Map<string, Uint8Array>;

/** Two classes in both parts: grey and colour, PNG and JPEG, 6 x 8. */
const FILES: Files = new Map([
  ["train/ant/1.png", await pngFile(6, 8, 3, 1)],
  ["train/ant/2.jpg", await jpegFile(6, 8, 3, 2)],
  ["train/bee/1.JPEG", await jpegFile(6, 8, 1, 3)],
  ["train/bee/2.png", await pngFile(6, 8, 4, 4)],
  ["test/bee/3.png", await pngFile(6, 8, 1, 5)],
]);
const GREY = await pngFile(6, 8, 1, 5);

const decode = nodeImageDecoder();
const memory = (files: Files): Source => memorySource(files, "d");

async function load(files: Files, options: ImageFolderOptions = {}) {
  const warnings: string[] = [];
  return { warnings, ...(await imageFolderFrom(memory(files), decode, { ...options, warn: (text) => warnings.push(text) })) };
}

/** Classes a and b of five images each. */
async function plain(h = 4, w = 4): Promise<Files> {
  const paths = [0, 1, 2, 3, 4].flatMap((i) => [`a/${i}.png`, `b/${i}.png`]);
  return new Map(await Promise.all(paths.map(async (path, i) => [path, await pngFile(h, w, 3, i)] as const)));
}

test("images, labels, classes and files, sorted", async () => {
  const { train, test: held, files, skipped, warnings } = await load(FILES);
  expect([train.name, train.length, train.channels, train.height, train.width]).toEqual(["images/train", 4, 3, 6, 8]);
  expect([[...train.labels!], train.classes, [...held.labels!]]).toEqual([[0, 0, 1, 1], ["ant", "bee"], [1]]);
  expect([files.train, files.test, skipped, warnings]).toEqual([[...FILES.keys()].slice(0, 4), ["test/bee/3.png"], [], []]);
  const expected = (await Promise.all(files.train.map((path) => readBySharp(FILES.get(path)!, 3)))).flat();
  expect(Math.max(...expected.map((level, i) => Math.abs(level - train.pixels()[i]!)))).toBeLessThanOrEqual(1);
  // Grey became RGB because others have colour.
  expect([...held.pixels()]).toEqual([...noise(6, 8, 1, 5), ...noise(6, 8, 1, 5), ...noise(6, 8, 1, 5)]);
});

test("channels: grey stays grey among itself, 1 and 3 can be asked for", async () => {
  const grey: Files = new Map([
    ["train/1.png", GREY],
    ["test/1.jpg", await jpegFile(6, 8, 1)],
  ]);
  expect((await load(grey)).train.channels).toBe(1);
  expect((await load(grey, { channels: 3 })).train.channels).toBe(3);
  expect((await load(FILES, { channels: 1 })).test.pixels()).toEqual(new Uint8Array(noise(6, 8, 1, 5)));
  expect((await load(FILES, { channels: 1, limit: 1 })).train.fingerprint).toBe(
    (await load(FILES, { channels: 1, limit: 1, size: [6, 8] })).train.fingerprint,
  );
  // Judged by all files, not by those that are used.
  expect((await load(new Map([...(await plain()), ["a/0.png", await pngFile(4, 4, 1)]]), { limit: 1 })).train.channels).toBe(3);
});

describe("size", () => {
  test("images of different sizes are refused without one, naming two of them", async () => {
    const files = new Map([...(await plain()), ["b/3.png", await pngFile(5, 4, 3)] as const]);
    await expect(load(files)).rejects.toThrow(UsageError);
    await expect(load(files)).rejects.toThrow(
      "d: images of different sizes: a/0.png is 4 x 4, b/3.png is 5 x 4 (height x width). Give the size to bring them all to: size: [height, width] (--image-size 32 or 32x48)",
    );
    const { train, test: held } = await load(files, { size: [3, 5] });
    expect([train.height, train.width, train.length, held.length]).toEqual([3, 5, 8, 2]);
    expect((await load(files, { size: [3, 5], fit: "stretch" })).train.fingerprint).not.toBe(train.fingerprint);
  });

  test("EXIF's orientation counts: a picture on its side has its sides swapped", async () => {
    const turned = await photo(8, 6, 3).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect((await load(new Map([...FILES, ["train/ant/3.jpg", turned]]))).train.length).toBe(5);
    const wrong = await photo(6, 8, 3).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    await expect(load(new Map([...FILES, ["train/ant/3.jpg", wrong]]))).rejects.toThrow(/train\/ant\/3\.jpg is 8 x 6/);
  });

  test("a header far into the file is found", async () => {
    const jpeg = await jpegFile(6, 8, 3);
    const remark = Buffer.concat([Buffer.of(0xff, 0xef, 0xff, 0xff), Buffer.alloc(65533)]);
    const far = Buffer.concat([jpeg.subarray(0, 2), remark, remark, jpeg.subarray(2)]);
    expect((await load(new Map([...FILES, ["train/ant/3.jpg", far]]))).train.length).toBe(5);
  });
});

test("limit takes as many of each class, test at most as many as there are", async () => {
  const { train, test: held, files } = await load(await plain(), { limit: 3, test: 100 });
  expect([files.train, train.name, held.length, held.name]).toEqual([
    ["a/0.png", "a/1.png", "b/0.png"],
    "images/train (3 of 8)",
    2,
    "images/test",
  ]);
  expect((await load(await plain(), { test: 1 })).files.test).toEqual(["a/4.png"]);
  await expect(load(await plain(), { limit: 9 })).rejects.toThrow(/limit 9: expected an integer from 1 to 8/);
});

describe("bad files", async () => {
  const png = await pngFile(6, 8, 3);
  const jpeg = await jpegFile(6, 8, 3);
  const bad: readonly [string, string, Uint8Array, RegExp][] = [
    ["a CMYK JPEG", "train/ant/0.jpg", await cmykFile(6, 8), /train\/ant\/0\.jpg: colours: expected grey or RGB, found CMYK/],
    ["a truncated PNG", "train/bee/3.png", png.subarray(0, -20), /train\/bee\/3\.png: byte \d+: .*truncated/],
    ["a truncated JPEG", "train/bee/3.jpeg", jpeg.subarray(0, -20), /train\/bee\/3\.jpeg: .*truncated/],
    ["text by the name of an image", "test/bee/4.png", Buffer.from("<html>not found</html>"), /test\/bee\/4\.png: .*a web page/],
    ["an empty file", "train/ant/3.png", new Uint8Array(), /train\/ant\/3\.png: .*an empty file/],
  ];

  test.each(bad)("%s is refused, naming it and what to do", async (_, path, bytes, message) => {
    const files = new Map([...FILES, [path, bytes]]);
    await expect(load(files)).rejects.toThrow(FormatError);
    await expect(load(files)).rejects.toThrow(message);
    await expect(load(files)).rejects.toThrow(/Repair the file or take it away, or leave such files out \(skipBad; --skip-bad\)/);
  });

  test.each([{}, { size: [6, 8], channels: 3 } as const])("skipBad leaves them out, counts and names them %o", async (options) => {
    const files = new Map([...FILES, ...bad.map(([, path, bytes]) => [path, bytes] as const)]);
    const { train, test: held, skipped, warnings, files: used } = await load(files, { skipBad: true, ...options });
    const clean = await load(FILES, options);
    expect([train.fingerprint, held.fingerprint, [...train.labels!]]).toEqual([
      clean.train.fingerprint,
      clean.test.fingerprint,
      [0, 0, 1, 1],
    ]);
    expect(used).toEqual(clean.files);
    expect(skipped.map(({ path }) => path).sort()).toEqual(bad.map(([, path]) => path).sort());
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^d: 5 unreadable files left out: train\/ant\/0\.jpg \(colours: expected grey or RGB, found CMYK.*\), /);
  });

  test("when nothing is left, skipBad ends in an error, too", async () => {
    const none = new Map([...FILES.keys()].map((path) => [path, Buffer.from("<html>")]));
    await expect(load(none, { skipBad: true })).rejects.toThrow(/d: no file can be decoded, such as train\/ant\/1\.png \(/);
    await expect(load(new Map([...FILES, ["test/bee/3.png", png.subarray(0, 40)]]), { skipBad: true })).rejects.toThrow(
      /can be decoded, such as test\/bee\/3\.png/,
    );
  });

  test("a file that cannot be read is no bad file: skipBad does not leave it out", async () => {
    const source = memory(FILES);
    const broken: Source = {
      ...source,
      read: async (path, offset, length) => (path.endsWith("2.jpg") ? refuse() : source.read(path, offset, length)),
    };
    const refuse = (): never => {
      throw new UsageError("d/train/ant/2.jpg: cannot be read");
    };
    await expect(imageFolderFrom(broken, decode, { skipBad: true })).rejects.toThrow("d/train/ant/2.jpg: cannot be read");
  });

  test("nor is a missing package, or a decoder that gives something else", async () => {
    const lost = async () => {
      throw new UsageError("PNG files need the npm package");
    };
    await expect(imageFolderFrom(memory(FILES), lost, { skipBad: true })).rejects.toThrow(/npm package/);
    const odd = async () => ({ channels: 2, height: 6, width: 8, pixels: new Uint8Array(96) });
    await expect(imageFolderFrom(memory(FILES), odd)).rejects.toThrow(/the decoder gave 96 bytes for 2 x 6 x 8/);
  });
});

test.each<[object, RegExp]>([
  [{ sise: [3, 3] }, /unknown option "sise"/],
  [{ size: [3] }, /images: size: expected \[height, width\]/],
  [{ size: [0, 3] }, /images: size: expected an integer of 1 or more/],
  [{ fit: "pad" }, /images: fit: expected one of crop, stretch/],
  [{ channels: 2 }, /images: channels: expected 1 \(grey\) or 3 \(RGB\), got 2/],
  [{ holdOut: 1 }, /images: holdOut: expected an integer of 2 or more/],
  [{ skipBad: "yes" }, /images: skipBad: expected true or false/],
])("refuses the options %o", async (options, message) => {
  await expect(load(FILES, options)).rejects.toThrow(UsageError);
  await expect(load(FILES, options)).rejects.toThrow(message);
});

test("more than 2 GiB are refused before anything is allocated", async () => {
  const many = new Map(Array.from({ length: 60 }, (_, i) => [`${i}.png`, GREY]));
  await expect(load(many, { size: [4096, 4096], channels: 3 })).rejects.toThrow(/48 images take more than 2 GiB: take at most 42 of them/);
});

/** A page's handle on files in memory. */
function handle(files: Files, name = "d"): DirectoryHandle {
  const below = (child: string): Files =>
    new Map([...files].flatMap(([path, bytes]) => (path.startsWith(`${child}/`) ? [[path.slice(child.length + 1), bytes] as const] : [])));
  return {
    name,
    async *values() {
      for (const child of new Set([...files.keys()].map((path) => path.split("/")[0] ?? ""))) {
        yield { name: child, kind: files.has(child) ? "file" : "directory" };
      }
    },
    getDirectoryHandle: async (child) => handle(below(child), child),
    getFileHandle: async (child) => ({ getFile: async () => new File([files.get(child) as Uint8Array<ArrayBuffer>], child) }),
  };
}

describe("sources", () => {
  async function inFolder<T>(files: Files, use: (dir: string) => Promise<T>): Promise<T> {
    const dir = await mkdtemp(join(tmpdir(), "nearfar-images-"));
    try {
      for (const [path, bytes] of files) {
        await mkdir(dirname(join(dir, path)), { recursive: true });
        await writeFile(join(dir, path), bytes);
      }
      return await use(dir);
    } finally {
      await rm(dir, { recursive: true });
    }
  }

  test("a folder, a .tar.gz, a page's files and folder, and a web server give the same data set", async () => {
    const expected = (await load(FILES)).train.fingerprint;
    const archive = gzipSync(tar(...[...FILES].map(([path, bytes]) => entry(`set/${path}`, bytes))));
    const config = { name: "images", limit: null, test: 2000 };
    const disk = new Map([...[...FILES].map(([path, bytes]) => [`set/${path}`, bytes] as const), ["set.tar.gz", archive]]);
    await inFolder(disk, async (dir) => {
      for (const folder of [join(dir, "set"), dir, join(dir, "set.tar.gz")]) {
        const { train, test: held } = await loadData({ ...config, folder });
        expect([train.fingerprint, held.length]).toEqual([expected, 1]);
      }
    });
    const files = [...FILES].map(([path, bytes]) => {
      const picked = new File([bytes as Uint8Array<ArrayBuffer>], path.split("/").at(-1)!);
      return Object.defineProperty(picked, "webkitRelativePath", { value: `picked/${path}` });
    });
    expect((await imageFolderFrom(filesSource(files), decode)).train.fingerprint).toBe(expected);
    expect((await imageFolderFrom(directorySource(handle(FILES)), decode)).train.fingerprint).toBe(expected);
    const server = createServer((request, response) => {
      const bytes = request.url === "/set.tar.gz" ? archive : FILES.get(decodeURIComponent(request.url ?? "").slice(1));
      const [, first = 0, last = 0] = (/^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? []).map(Number);
      if (!bytes) return void response.writeHead(404).end();
      const part = bytes.subarray(first, last + 1);
      response.writeHead(206, { "content-range": `bytes ${first}-${first + part.length - 1}/${bytes.length}` }).end(part);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      expect((await imageFolderFrom(httpSource(url, [...FILES.keys()]), decode)).train.fingerprint).toBe(expected);
      expect((await loadData({ ...config, folder: `${url}/set.tar.gz` })).train.fingerprint).toBe(expected);
      await expect(loadData({ ...config, folder: url })).rejects.toThrow(/does not list its files: give the URL of a \.tar\.gz/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test("an empty class folder is seen on the disk and in a page's folder", async () => {
    await inFolder(FILES, async (dir) => {
      await mkdir(join(dir, "train", "cow"));
      await expect(loadData({ name: "images", folder: dir, limit: null, test: null })).rejects.toThrow(
        /class folders without a PNG or JPEG file: train\/cow\//,
      );
    });
    const empty = directorySource(handle(new Map([...FILES, ["train/cow/x.txt", new Uint8Array()]])));
    expect(await empty.folders?.()).toEqual(["test", "test/bee", "train", "train/ant", "train/bee", "train/cow"]);
    await expect(imageFolderFrom(empty, decode)).rejects.toThrow(/train\/cow\//);
  });

  test("a disk's folder is looked into as deep as asked, links followed", async () => {
    await inFolder(
      new Map([
        ["a/b/c/x.png", GREY],
        ["y.png", GREY],
      ]),
      async (dir) => {
        await symlink(join(dir, "a"), join(dir, "link"));
        await symlink(join(dir, "nowhere"), join(dir, "broken.png"));
        const source = folderSource(dir, 3);
        expect(await source.list()).toEqual(["a/b/c/x.png", "broken.png", "link/b/c/x.png", "y.png"]);
        expect(await source.folders?.()).toEqual(["a", "a/b", "a/b/c", "link", "link/b", "link/b/c"]);
        expect(await (await openSource(dir)).list()).toEqual(["broken.png", "y.png"]);
        await expect(source.read("broken.png", 0, 1)).rejects.toThrow(/broken\.png: cannot be read/);
      },
    );
  });

  test("a page's folder: missing files, bytes past the end, no permission", async () => {
    const source = directorySource(handle(new Map([["a/x", Uint8Array.of(1, 2, 3)]])));
    expect([...(await source.read("a/x", 1, 2)), await source.size("a/x")]).toEqual([2, 3, 3]);
    await expect(source.read("a/y", 0, 1)).rejects.toThrow("d: no file a/y");
    await expect(source.read("a/x", 2, 2)).rejects.toThrow(/bytes 2 to 4 asked for, the file has 3/);
    const denied = { ...handle(new Map()), values: () => refuse() };
    const refuse = (): never => {
      throw new DOMException("denied", "NotAllowedError");
    };
    await expect(directorySource(denied).list()).rejects.toThrow(/d: cannot be read: give the page access/);
    const real: (folder: FileSystemDirectoryHandle) => Source = directorySource; // the browser's own type fits
    expect(real).toBe(directorySource);
  });
});

test("options of images are refused for other data, and images without a folder", async () => {
  await expect(loadData({ name: "mnist", folder: null, limit: 1, test: 1, size: [8, 8] })).rejects.toThrow(
    /data mnist: unknown option "size"/,
  );
  await expect(loadData({ name: "images", folder: null, limit: 1, test: 1 })).rejects.toThrow(
    /give the folder of the images, or its \.tar\.gz, with --data-dir/,
  );
});
