import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SoundDataset } from "../../src/data/sound.ts";
import { UsageError } from "../../src/errors.ts";
import { loadSound } from "../../src/host/sound.ts";
import type { DataConfig } from "../../src/train/data_config.ts";
import { flacBytes } from "../data/flac_bytes.ts";
import { tone, wavBytes } from "../data/wav_bytes.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/asterisk.sh", import.meta.url));
let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "nearfar-sound-"));
});
afterEach(() => rm(dir, { recursive: true }));

async function put(path: string, content: Uint8Array | string): Promise<string> {
  const file = join(dir, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}

const load = (name: string, more: Partial<DataConfig> = {}, warnings: string[] = []) =>
  loadSound({ name, folder: join(dir, "clips"), limit: null, test: null, ...more }, (message) => warnings.push(message));
const labelled = (data: SoundDataset, label: string): (string | undefined)[] =>
  Array.from(data.labels[label]?.ids ?? [], (id) => data.labels[label]?.names[id]);
const clip = (seconds: number, hertz: number): Uint8Array => wavBytes({ values: tone(8000 * seconds, hertz) });

describe("--data sound", () => {
  test("reads WAV and FLAC below a folder, with the options of a config", async () => {
    for (let i = 0; i < 4; i++) await put(`clips/a/b/${i}_x.wav`, clip(0.01, 300 + i));
    await put("clips/a/c/0_y.flac", flacBytes({ rate: 16000, channels: [tone(200, 500), tone(200, 500)] }));
    const list = await put("held.txt", "2_x\n0_y\n");
    const options = { labels: "{who}/*", sampleRate: 8000, mix: true, minimum: 0.005, testList: list };
    const { train, test: held } = await load("sound", options);
    expect(train.clipNames).toEqual(["a/b/0_x.wav", "a/b/1_x.wav", "a/b/3_x.wav"]);
    expect(labelled(held, "who")).toEqual(["b", "c"]);
    expect([...held.lengths]).toEqual([80, 100]);
    expect((await held.read(1, 0, 100)).some((sample) => sample !== 0)).toBe(true);
  });

  test("says what is missing", async () => {
    await put("clips/a.wav", clip(0.01, 300));
    await expect(load("sound", { folder: null })).rejects.toThrow(
      new UsageError("--data sound: give the folder of the clips, on this machine, with --data-dir, got nothing"),
    );
    await expect(load("sound", { folder: "https://x.org/clips" })).rejects.toThrow(/on this machine/);
    await expect(load("sound", { testList: join(dir, "none.txt") })).rejects.toThrow(`${join(dir, "none.txt")}: cannot be read`);
    await expect(load("sound", { vendors: ["noto"] })).rejects.toThrow('data sound: unknown option "vendors"');
    await expect(load("sound", { classes: [1] })).rejects.toThrow("data.classes: data sound has labels of several kinds: leave it out");
    await expect(load("mnist")).rejects.toThrow('data: no reader of sound for "mnist"');
  });
});

test("--data librispeech finds SPEAKERS.TXT above the folder of one part", async () => {
  for (let i = 0; i < 5; i++) await put(`clips/103/1/103-1-000${i}.flac`, flacBytes({ rate: 16000, channels: [tone(50 + i, 400)] }));
  expect((await load("librispeech")).test.labels.sex).toBeUndefined();
  await put("SPEAKERS.TXT", "; remark\n103 | F | train-clean-100 | 20 | Somebody\n");
  const { train, test: held } = await load("librispeech");
  expect(labelled(train, "sex")).toEqual(["F", "F", "F", "F"]);
  expect(held.clipNames).toEqual(["103/1/103-1-0004.flac"]);
});

describe("scripts/asterisk.sh", () => {
  const PACKAGES = ["en", "es", "fr", "it", "ru"]
    .map((code) => `asterisk-core-sounds-${code}-wav`)
    .concat("asterisk-prompt-it-menardi-wav");
  const VOICES = ["en_US_f_Allison", "es_MX_f_Allison", "fr_CA_f_June", "it_IT_m_Carlo", "ru_RU_f_IvrvoiceRU", "it_IT_f_Menardi"];

  /** Stands in for apt-get and dpkg-deb: packages are made here, no network is asked. */
  async function run(...args: string[]): Promise<string> {
    const apt = `#!/bin/sh\n[ -e "${dir}/offline" ] && { echo "E: no network" >&2; exit 100; }\nshift 2\nfor p in "$@"; do echo x >"$p"_1.6_all.deb; done\n`;
    const dpkg = `#!/bin/sh\ncp -r "${dir}/packages/$(basename "$2" _1.6_all.deb)/." "$3"\n`;
    for (const [name, text] of [
      ["apt-get", apt],
      ["dpkg-deb", dpkg],
    ] as const)
      await writeFile(await put(`bin/${name}`, ""), text, { mode: 0o755 }).then(() =>
        execFileSync("chmod", ["+x", join(dir, "bin", name)]),
      );
    const env = { ...process.env, PATH: `${dir}/bin:${process.env.PATH}`, NEARFAR_CACHE: join(dir, "cache") };
    return execFileSync("sh", [SCRIPT, ...args], { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  async function packages(): Promise<void> {
    for (const [i, name] of PACKAGES.entries()) {
      const sounds = `packages/${name}/usr/share/asterisk/sounds/${VOICES[i]}`;
      for (const prompt of ["digits/1", "digits/2", "hello", "no", "yes"]) await put(`${sounds}/${prompt}.wav`, clip(0.5, 200 + 10 * i));
      await put(`${sounds}/short.wav`, clip(0.4, 300));
      await put(`${sounds}/silence/1.wav`, wavBytes({ values: new Array(8000).fill(0) }));
      await put(`packages/${name}/usr/share/doc/${name}/copyright`, "CC-BY\n");
    }
  }

  test("makes the folder that --data asterisk reads: labels, one prompt of five held out of all voices", async () => {
    await packages();
    const folder = join(dir, "clips");
    expect(await run(folder)).toContain(`${folder}: 36 clips of 6 voices`);
    const list = await readFile(join(folder, "clips.tsv"), "utf8");
    expect(list.split("\n").slice(0, 2)).toEqual([
      "path\tvoice\tspeaker\tlanguage\tprompt",
      "en_US_f_Allison/digits/1.wav\ten_US_f_Allison\tAllison\ten\tdigits/1",
    ]);
    expect(await readFile(join(folder, "it_IT_m_Carlo/copyright"), "utf8")).toBe("CC-BY\n");
    const warnings: string[] = [];
    const { train, test: held } = await load("asterisk", {}, warnings);
    expect([train.lengths.length, held.lengths.length]).toEqual([24, 6]);
    expect(new Set(labelled(held, "prompt"))).toEqual(new Set(["yes"]));
    expect(new Set(labelled(held, "voice"))).toEqual(new Set(VOICES));
    expect(Object.values(train.labels).map(({ names }) => names.length)).toEqual([6, 5, 5, 5]);
    expect(warnings).toEqual([expect.stringMatching(/6 clips of less than 0\.5 s left out: en_US_f_Allison\/short\.wav/)]);
    expect(await run(folder)).toContain("is there already: nothing to do");
  });

  test("puts it where the reader looks by itself", async () => {
    await packages();
    await run();
    expect(existsSync(join(dir, "cache/nearfar-asterisk/clips.tsv"))).toBe(true);
  });

  test("leaves nothing behind when apt cannot download, and says why", async () => {
    await put("offline", "");
    await expect(run(join(dir, "out/clips"))).rejects.toThrow(
      /E: no network[\s\S]*apt could not download the packages: run apt-get update/,
    );
    expect(execFileSync("ls", ["-A", join(dir, "out")], { encoding: "utf8" })).toBe("");
  });

  test("is named by the reader when its folder is not there", async () => {
    await expect(load("asterisk")).rejects.toThrow(
      `--data asterisk: ${join(dir, "clips")}: no clips.tsv: fetch the clips with scripts/asterisk.sh (from nearfar's repository, on Debian or Ubuntu)`,
    );
  });
});
