import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { GpuUnavailableError } from "../errors.ts";
import { hasGpuDriver } from "./drivers.ts";
import { loadLibrary, unpackedChromium } from "./software.ts";

/** How to start a Chrome that has WebGPU; fits the launch options of puppeteer and playwright. */
export interface ChromeLaunch {
  readonly executablePath: string;
  readonly args: string[];
  readonly env: { [name: string]: string };
}

const NAMES = ["google-chrome-stable", "google-chrome", "chrome", "chromium", "chromium-browser"];

/** Places outside of PATH. The first is the real binary behind Debian's shell wrapper, whose process id would not be the browser's. */
const PLACES = [
  "/usr/lib/chromium/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
];

/** The Chrome to start: CHROME_PATH, else an installed one, else the one unpacked from `@sparticuz/chromium`. */
export async function chromePath(): Promise<string> {
  return (await chromeLaunch()).executablePath;
}

/**
 * Everything needed to start headless Chrome with WebGPU on a real GPU when there is one, else on its own SwiftShader.
 * @throws GpuUnavailableError when CHROME_PATH names no file, or no Chrome is installed and none can be unpacked.
 */
export async function chromeLaunch(options: { readonly software?: boolean | undefined } = {}): Promise<ChromeLaunch> {
  const args = chromeArguments(options.software ?? !hasGpuDriver());
  const env: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) env[name] = value;
  const installed = installedChrome();
  if (installed !== undefined) return { executablePath: installed, args, env };
  const chromium = await unpackedChromium();
  if (!["libnss3.so", "libnspr4.so", "libexpat.so.1"].every(loadLibrary)) {
    env.LD_LIBRARY_PATH = [chromium.libraries, env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
  }
  if (!existsSync("/etc/fonts/fonts.conf")) env.FONTCONFIG_PATH ??= chromium.fonts;
  return { executablePath: chromium.executablePath, args, env };
}

function chromeArguments(software: boolean): string[] {
  const args = ["--enable-unsafe-webgpu"];
  // Chrome's sandbox refuses to run as root, the usual user in containers.
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  if (software) args.push("--use-webgpu-adapter=swiftshader");
  else if (process.platform === "linux") args.push("--enable-features=Vulkan", "--use-angle=vulkan", "--ignore-gpu-blocklist");
  return args;
}

function installedChrome(): string | undefined {
  const given = process.env.CHROME_PATH;
  if (given) {
    if (existsSync(given)) return given;
    throw new GpuUnavailableError(`CHROME_PATH names "${given}", which does not exist.`);
  }
  const folders = (process.env.PATH ?? "").split(delimiter);
  return [...PLACES, ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))].find((path) => existsSync(path));
}
