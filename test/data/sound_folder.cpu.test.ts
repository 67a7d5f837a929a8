import { describe, expect, test, vi } from "vitest";
import { resample } from "../../src/data/resample.ts";
import type { SoundDataset } from "../../src/data/sound.ts";
import { DecodedCache, type FlacDecoder } from "../../src/data/sound_file.ts";
import { type SoundFolderOptions, soundFolderFrom } from "../../src/data/sound_folder.ts";
import { memorySource, type Source } from "../../src/data/source.ts";
import { FormatError, UsageError } from "../../src/errors.ts";
import { nodeFlacDecoder } from "../../src/host/flac.ts";
import { flacBytes } from "./flac_bytes.ts";
import { tone, wavBytes } from "./wav_bytes.ts";

type Files = Record<string, Uint8Array>;
const source = (files: Files): Source => memorySource(new Map(Object.entries(files)), "set");

async function folder(files: Files, options: SoundFolderOptions = {}) {
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  return { ...(await soundFolderFrom(source(files), { warn, ...options })), warnings };
}

const wav = (length: number, hertz = 440, rate = 8000): Uint8Array => wavBytes({ rate, values: tone(length, hertz, rate) });
const level = (value: number): number => value / 32768;
const named = (data: SoundDataset, label: string): (string | undefined)[] =>
  Array.from(data.labels[label]?.ids ?? [], (id) => data.labels[label]?.names[id]);
/** Two classes of five clips, of 100 to 109 samples. */
const ten = (): Files =>
  Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`${i < 5 ? "cat" : "dog"}/${i}.wav`, wav(100 + i, 300 + 50 * i)]));

describe("a folder of sound", () => {
  test("has a class a folder, every fifth clip of each held out, samples read by spans", async () => {
    const { train, test: held, warnings } = await folder({ ...ten(), "notes.txt": new Uint8Array(3), ".hidden/x.wav": new Uint8Array(3) });
    expect(train).toMatchObject({ name: "sound/train", rate: 8000 });
    expect([...train.lengths]).toEqual([100, 101, 102, 103, 105, 106, 107, 108]);
    expect(held.clipNames).toEqual(["cat/4.wav", "dog/9.wav"]);
    expect(named(train, "class")).toEqual(["cat", "cat", "cat", "cat", "dog", "dog", "dog", "dog"]);
    expect(named(held, "class")).toEqual(["cat", "dog"]);
    expect(await held.read(1, 3, 2)).toEqual(Float32Array.from(tone(109, 750).slice(3, 5), level));
    expect(warnings).toEqual([]);
  });

  test("is labelled by a pattern, by its clips.tsv, or not at all", async () => {
    const flat = { "7_jackson_1.wav": wav(90), "8_george_1.wav": wav(90), "8_jackson_2.wav": wav(90), "9_george_3.wav": wav(90) };
    const byPattern = await folder(flat, { labels: "{digit}_{speaker}_*", holdOutBy: "speaker", holdOut: 2 });
    expect(named(byPattern.test, "digit")).toEqual(["7", "8"]);
    const list = "path\tword\n9_george_3.wav\tnine\n8_george_1.wav\teight\n7_jackson_1.wav\tseven\n";
    const byList = await folder({ ...flat, "clips.tsv": new TextEncoder().encode(list) }, { holdOutBy: "word", holdOut: 2 });
    expect(byList.train.clipNames, "in the order of the list").toEqual(["8_george_1.wav", "7_jackson_1.wav"]);
    expect(named(byList.test, "word")).toEqual(["nine"]);
    expect(byList.warnings).toEqual(["set: 1 file not in clips.tsv, left out: 8_jackson_2.wav"]);
    expect((await folder(flat, { holdOut: 2 })).train.labels).toEqual({});
  });

  test("takes as many of each class as possible when limited", async () => {
    const { train, test: held } = await folder(ten(), { limit: 3, test: 9 });
    expect(train.name).toBe("sound/train (3 of 8)");
    expect(named(train, "class")).toEqual(["cat", "cat", "dog"]);
    expect(held.name).toBe("sound/test");
    await expect(folder(ten(), { limit: 9 })).rejects.toThrow(UsageError);
  });

  test("leaves short clips out by the rule, and counts them", async () => {
    const files = {
      ...ten(),
      "dog/a.wav": wav(7999),
      "dog/b.wav": wav(8000),
      "dog/c.wav": wav(8001),
      "cat/d.wav": wav(9000),
      "cat/e.wav": wavBytes({ values: [] }),
    };
    const { train, test: held, warnings } = await folder(files, { minimum: 1, holdOut: 2 });
    expect([...train.clipNames, ...held.clipNames].sort()).toEqual(["cat/d.wav", "dog/b.wav", "dog/c.wav"]);
    expect(warnings).toEqual(["set: 12 clips of less than 1 s left out: cat/0.wav, cat/1.wav, cat/2.wav, cat/3.wav, cat/4.wav and 7 more"]);
    await expect(folder(ten(), { minimum: 1 })).rejects.toThrow("set: no clip of at least 1 s among 10 (minimum; --minimum)");
  });

  test("is the same wherever its clips are, and another when one changes", async () => {
    const print = async (files: Files) => (await folder(files)).train.fingerprint;
    const before = await print(ten());
    expect(await print(Object.fromEntries(Object.entries(ten()).reverse()))).toBe(before);
    expect(await print({ ...ten(), "cat/1.wav": wav(101, 351) })).not.toBe(before);
  });
});

describe("rates and channels", () => {
  test("that differ are refused unless a rate or a mix is asked for", async () => {
    const rates = { ...ten(), "dog/5.wav": wav(200, 440, 16000) };
    await expect(folder(rates)).rejects.toThrow(
      "set/dog/5.wav: expected 8000 samples per second as in set/cat/0.wav, found 16000: give the rate to bring all clips to (sampleRate; --sample-rate 8000)",
    );
    const stereo = { ...ten(), "dog/5.wav": wavBytes({ channels: 2, values: [100, 300, -5, 5] }) };
    await expect(folder(stereo)).rejects.toThrow(
      "set/dog/5.wav: expected one channel, found 2: mix: true (--mix) takes the mean of the channels",
    );
    const mixed = await folder(stereo, { mix: true });
    const clip = mixed.train.clipNames.indexOf("dog/5.wav");
    expect(await mixed.train.read(clip, 0, 2)).toEqual(Float32Array.of(level(200), 0));
  });

  test("are brought to the rate that is asked for, any span as in the whole", async () => {
    const values = tone(1600, 700, 16000);
    const { train } = await folder({ ...ten(), "cat/0.wav": wavBytes({ rate: 16000, values }) }, { sampleRate: 8000 });
    expect(train.rate).toBe(8000);
    expect(train.lengths[0]).toBe(800);
    const whole = resample(Float32Array.from(values, level), 16000, 8000);
    expect(await train.read(0, 0, 800)).toEqual(whole);
    expect(await train.read(0, 301, 99)).toEqual(whole.subarray(301, 400));
    expect(await train.read(1, 0, 5)).toEqual(Float32Array.from(tone(101, 350).slice(0, 5), level));
  });
});

describe("FLAC", () => {
  const values = tone(1000, 500);
  const files = {
    ...ten(),
    "cat/0.flac": flacBytes({ channels: [values] }),
    "dog/0.flac": flacBytes({ channels: [values], unsigned: true }),
  };

  test("reads as the same WAV would, and tells when damage could not be seen", async () => {
    const { train, warnings } = await folder(files, { flac: nodeFlacDecoder() });
    const clip = train.clipNames.indexOf("cat/0.flac");
    expect(train.lengths[clip]).toBe(1000);
    expect(await train.read(clip, 100, 50)).toEqual(Float32Array.from(values.slice(100, 150), level));
    expect(warnings).toEqual(["set: 1 FLAC file without a checksum: damage to their samples would not be noticed"]);
  });

  test("is decoded once for many spans, and the spans are the caller's own", async () => {
    const flac = vi.fn(nodeFlacDecoder());
    const { train } = await folder(files, { flac });
    expect(flac).not.toHaveBeenCalled();
    const clip = train.clipNames.indexOf("cat/0.flac");
    const spans = await Promise.all([0, 10, 20].map((from) => train.read(clip, from, 10)));
    spans[0]?.fill(9);
    expect(await train.read(clip, 0, 10)).toEqual(Float32Array.from(values.slice(0, 10), level));
    expect(flac).toHaveBeenCalledTimes(1);
  });

  test("without a decoder is refused at once", async () => {
    await expect(folder(files)).rejects.toThrow("set/cat/0.flac: FLAC files need a decoder (flac; in Node: nodeFlacDecoder())");
  });

  test("that is damaged is refused when it is read, naming the file", async () => {
    const damaged = flacBytes({ channels: [values] });
    damaged[700] = (damaged[700] ?? 0) ^ 1;
    const { train } = await folder({ ...ten(), "cat/0.flac": damaged }, { flac: nodeFlacDecoder() });
    const clip = train.clipNames.indexOf("cat/0.flac");
    await expect(train.read(clip, 0, 10)).rejects.toThrow(/^set\/cat\/0\.flac: frames: expected 1000 samples/);
  });
});

describe("decoded files are kept", () => {
  const pcm = (value: number): Promise<Float32Array[]> => Promise.resolve([Float32Array.of(value)]);

  test("up to the limit, the latest used ones", async () => {
    const cache = new DecodedCache(8);
    const made: string[] = [];
    const get = async (key: string, bytes = 4) => {
      await cache.get(key, bytes, () => {
        made.push(key);
        return pcm(1);
      });
    };
    for (const key of ["a", "b", "a", "c", "a", "b"]) await get(key);
    expect(made).toEqual(["a", "b", "c", "b"]);
    await get("large", 9);
    await get("large", 9);
    await get("a");
    expect(made).toEqual(["a", "b", "c", "b", "large", "large"]);
  });

  test("but not what failed", async () => {
    const cache = new DecodedCache(8);
    await expect(cache.get("a", 4, () => Promise.reject(new FormatError("bad")))).rejects.toThrow("bad");
    expect(await cache.get("a", 4, () => pcm(7))).toEqual([Float32Array.of(7)]);
  });
});

describe("a folder of sound is refused", () => {
  const decoder: FlacDecoder = nodeFlacDecoder();
  test.each<[string, Files, SoundFolderOptions, string]>([
    ["without clips", { "a.mp3": new Uint8Array(3) }, {}, "set: no WAV or FLAC files (.wav, .flac) among 1 files"],
    [
      "with clips beside folders",
      { ...ten(), "x.wav": wav(9) },
      {},
      "set: 1 clip beside the folders (x.wav): give every clip a class folder, or none, or a pattern",
    ],
    [
      "with an empty clip",
      { ...ten(), "cat/x.wav": wavBytes({ values: [] }) },
      {},
      "set/cat/x.wav: no samples: take the file away, or leave short clips out (minimum; --minimum 0.1)",
    ],
    [
      "that clips.tsv knows more of",
      { ...ten(), "clips.tsv": new TextEncoder().encode("path\nno.wav\n") },
      {},
      "set/clips.tsv: 1 clip of the list not in the folder: no.wav",
    ],
    [
      "whose WAV is cut",
      { ...ten(), "cat/0.wav": wav(100).slice(0, 200) },
      {},
      "set/cat/0.wav: byte 4 (size of RIFF): expected 192, as the file has 200 bytes, found 236: cut short",
    ],
    [
      "whose FLAC is cut within its head",
      { ...ten(), "cat/0.flac": flacBytes({ channels: [[1]] }).slice(0, 30) },
      { flac: decoder },
      "set/cat/0.flac: STREAMINFO: expected 42 bytes",
    ],
    ["for an unknown option", ten(), { seconds: 1 } as SoundFolderOptions, 'sound: unknown option "seconds"'],
    ["for a rate that is none", ten(), { sampleRate: 0 }, "sound: sampleRate: expected an integer of 1 or more"],
    ["for a minimum below zero", ten(), { minimum: -1 }, "sound: minimum: expected a number of 0 or more"],
    ["for holding out every clip", ten(), { holdOut: 1 }, "sound: holdOut: expected an integer of 2 or more"],
    ["for a mix that is no flag", ten(), { mix: 1 } as unknown as SoundFolderOptions, "sound: mix: expected true or false, got 1"],
    [
      "for a label's name that is none",
      ten(),
      { holdOutBy: 3 } as unknown as SoundFolderOptions,
      "sound: holdOutBy: expected the name of a label, got 3",
    ],
    ["for a pattern that is no text", ten(), { labels: 3 } as unknown as SoundFolderOptions, "sound: labels: expected a pattern, got 3"],
  ])("%s", async (_, files, options, message) => {
    await expect(folder(files, options)).rejects.toThrow(message);
  });

  test("and other formats are told of", async () => {
    const { warnings } = await folder({ ...ten(), "cat/x.mp3": new Uint8Array(3), "y.ogg": new Uint8Array(3) });
    expect(warnings).toEqual(["set: 2 files passed over, no WAV or FLAC files (.wav, .flac): cat/x.mp3, y.ogg"]);
  });
});
