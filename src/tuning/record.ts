import type { AdapterIdentity, Gpu } from "../gpu/device.ts";
import type { Choices } from "../gpu/variants.ts";
import { VERSION } from "../version.ts";

/** What was measured on an adapter, as it is kept: a JSON file in Node's cache folder, a row of IndexedDB in a browser. */
export interface Tuning {
  readonly format: typeof FORMAT;
  /** Of nearfar. */
  readonly version: string;
  readonly adapter: AdapterIdentity;
  /** What WebGPU comes from: "webgpu 0.6.2 in Node", a browser's user agent. */
  readonly on: string;
  /** ISO date. */
  readonly measured: string;
  readonly choices: Choices;
}

const FORMAT = "nearfar-tuning-1";

/** Choices for a device and where they are from, in words: a reason to have none is said there, too. */
export interface Kept {
  readonly choices: Choices;
  readonly origin: string;
}

export const DEFAULTS: Kept = { choices: {}, origin: "defaults" };

/** Name under which an adapter's tuning is kept. Its driver is not part of it: the newest measurement counts. */
export function tuningName({ vendor, architecture, device }: AdapterIdentity, where: "dawn" | "chrome" | "page"): string {
  const words = [vendor, architecture, device].join("-").toLowerCase();
  return `tuning-${where}-${words.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "")}.json`;
}

export function tuningOf(gpu: Gpu, on: string, choices: Choices): Tuning {
  return { format: FORMAT, version: VERSION, adapter: gpu.adapter, on, measured: new Date().toISOString().slice(0, 10), choices };
}

/** What was measured on adapters, by the name that it is kept under. */
export type Tunings = { readonly [name: string]: string };

/** What was measured on this device, or the reason why not. @param where, on as `tuningName` and `Tuning` have them */
export const choicesFor = (tunings: Tunings, gpu: Gpu, where: "dawn" | "chrome", on: string): Kept =>
  choicesIn(tunings[tuningName(gpu.adapter, where)], gpu, on);

/** The choices of a kept tuning, or none and the reason: it is damaged, or nearfar, the driver or the host has changed since. */
export function choicesIn(text: string | undefined, gpu: Gpu, on: string): Kept {
  if (text === undefined) return { choices: {}, origin: "defaults: not measured on this adapter (nearfar tune)" };
  try {
    const tuning = JSON.parse(text) as Tuning;
    const stale = difference(tuning, gpu, on);
    if (stale !== undefined) return { choices: {}, origin: `defaults: the measurement is out of date: ${stale} (nearfar tune)` };
    return { choices: tuning.choices, origin: `measured ${tuning.measured}` };
  } catch (error) {
    return {
      choices: {},
      origin: `defaults: the measurement cannot be read: ${error instanceof Error ? error.message : error} (nearfar tune)`,
    };
  }
}

/** What has changed since. @throws Error when it is no tuning */
function difference(tuning: Tuning, gpu: Gpu, on: string): string | undefined {
  if (typeof tuning !== "object" || tuning?.format !== FORMAT) throw new Error(`expected format ${FORMAT}`);
  const { choices } = tuning;
  if (typeof choices !== "object" || choices === null || !Object.values(choices).every((name) => typeof name === "string"))
    throw new Error("expected choices by name");
  const then = { nearfar: tuning.version, adapter: JSON.stringify(tuning.adapter), host: tuning.on };
  const now = { nearfar: VERSION, adapter: JSON.stringify(gpu.adapter), host: on };
  const changed = (Object.keys(now) as (keyof typeof now)[]).find((what) => then[what] !== now[what]);
  return changed && `${changed} was ${then[changed]}, is ${now[changed]}`;
}
