import { createReadStream, createWriteStream, existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join, normalize, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { brotliDecompress, createBrotliDecompress } from "node:zlib";
import { FormatError, GpuUnavailableError } from "../errors.ts";
import { cacheFolder, isPartial, madeCacheFolder, partialName } from "./cache.ts";

const unpackBrotli = promisify(brotliDecompress);

/** Where the software Vulkan driver lies once unpacked. */
export interface SoftwareDriver {
  /** Value for VK_ICD_FILENAMES: SwiftShader's driver manifest. */
  readonly manifest: string;
  /** A Vulkan loader, for machines that have none. */
  readonly loader: string;
}

/** A headless Chromium unpacked from `@sparticuz/chromium`. */
export interface UnpackedChromium {
  readonly executablePath: string;
  /** Shared libraries (NSS, NSPR, expat) for machines that lack them: goes into LD_LIBRARY_PATH. */
  readonly libraries: string;
  /** A fontconfig folder for machines that have none: goes into FONTCONFIG_PATH. */
  readonly fonts: string;
}

/**
 * SwiftShader from the `@sparticuz/chromium` package, unpacked once into the user's cache folder.
 * @throws GpuUnavailableError when the package is not installed or the platform is not Linux x64.
 */
export async function softwareDriver(): Promise<SoftwareDriver> {
  const pack = chromiumPackage();
  const folder = await provision(`swiftshader-${pack.version}`, (to) => unpackTar(join(pack.bin, "swiftshader.tar.br"), to));
  return { manifest: join(folder, "vk_swiftshader_icd.json"), loader: join(folder, "libvulkan.so.1") };
}

/** Chromium from the `@sparticuz/chromium` package, unpacked once (about 190 MB, 5 s). @throws as `softwareDriver`. */
export async function unpackedChromium(): Promise<UnpackedChromium> {
  const pack = chromiumPackage();
  const folder = await provision(`chromium-${pack.version}`, async (to) => {
    const binary = createWriteStream(join(to, "chromium"), { mode: 0o755 });
    await pipeline(createReadStream(join(pack.bin, "chromium.br")), createBrotliDecompress(), binary);
    for (const name of ["swiftshader", "al2023", "fonts"]) await unpackTar(join(pack.bin, `${name}.tar.br`), to);
  });
  return { executablePath: join(folder, "chromium"), libraries: join(folder, "lib"), fonts: folder };
}

/**
 * Loads a shared library for good, so that a later `dlopen` of the same name finds it.
 * @returns whether it could be loaded.
 */
export function loadLibrary(nameOrPath: string): boolean {
  // Not in os.constants. Without it Node unloads the library again when it finds that it is no addon.
  const RTLD_NODELETE = 0x1000;
  try {
    process.dlopen({ exports: {} }, nameOrPath, constants.dlopen.RTLD_LAZY | RTLD_NODELETE);
  } catch (error) {
    // "Module did not self-register" is the answer for every library that is not a Node addon: it is loaded.
    return !/cannot open shared object|no such file/i.test(String(error));
  }
  return true;
}

function chromiumPackage(): { version: string; bin: string } {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new GpuUnavailableError(
      `No software adapter for ${process.platform} ${process.arch}: @sparticuz/chromium ships Linux x64 only. ` +
        "Use a machine with a GPU driver, or set VK_ICD_FILENAMES (Dawn) or CHROME_PATH (Chrome) to one that you installed.",
    );
  }
  try {
    const root = join(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")), "..", "..");
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    return { version: String(version), bin: join(root, "bin") };
  } catch (cause) {
    throw new GpuUnavailableError(
      "No GPU driver was found, and the package with the software adapter is not installed. Install it: npm i -D @sparticuz/chromium@147",
      { cause },
    );
  }
}

/** Fills a folder once per machine. Several processes may try at the same time: the first to finish wins, the others use its result. */
async function provision(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const usual = join(cacheFolder(), name);
  if (existsSync(usual)) return usual;
  const cache = await madeCacheFolder();
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  await removeAbandoned(cache);
  const partial = join(cache, partialName(name));
  await mkdir(partial);
  try {
    await fill(partial);
    // A rename is atomic: nobody ever sees half a folder.
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** Half-filled folders, and half-written files, of processes that were killed at it. */
async function removeAbandoned(cache: string): Promise<void> {
  const tenMinutesAgo = Date.now() - 600_000;
  for (const entry of await readdir(cache)) {
    if (!isPartial(entry)) continue;
    const path = join(cache, entry);
    const born = await stat(path).catch(() => undefined);
    if (born && born.mtimeMs < tenMinutesAgo) await rm(path, { recursive: true, force: true });
  }
}

/** Unpacks the plain files of a `.tar.br` below `to` (ustar: 512-byte headers, octal sizes). */
async function unpackTar(archive: string, to: string): Promise<void> {
  const bytes = await unpackBrotli(await readFile(archive));
  const text = (from: number, length: number): string => bytes.toString("latin1", from, from + length).replace(/\0.*$/s, "");
  for (let at = 0; at + 512 <= bytes.length; ) {
    const name = text(at, 100);
    const size = Number.parseInt(text(at + 124, 12).trim() || "0", 8);
    const plainFile = ["0", "\0"].includes(String.fromCharCode(bytes[at + 156] ?? 0));
    if (name !== "" && plainFile) {
      const path = normalize(join(to, name));
      if (!path.startsWith(to + sep)) throw new FormatError(`${archive}: the entry "${name}" lies outside of the archive`);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes.subarray(at + 512, at + 512 + size), { mode: 0o755 });
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
}
