import { describe, expect, test } from "vitest";
import { librispeechFrom, readSpeakers } from "../../src/data/librispeech.ts";
import type { SoundDataset } from "../../src/data/sound.ts";
import type { SoundClipOptions } from "../../src/data/sound_folder.ts";
import { memorySource } from "../../src/data/source.ts";
import { FormatError, UsageError } from "../../src/errors.ts";
import { nodeFlacDecoder } from "../../src/host/flac.ts";
import { flacBytes } from "./flac_bytes.ts";
import { tone } from "./wav_bytes.ts";

const SPEAKERS = `; Some remarks.
;ID  |SEX| SUBSET           |MINUTES| NAME
14   | F | train-clean-360  | 25.03 | Kristin LeMoine
103  | F | train-clean-100  | 20.08 | Karen | Savage
26   | M | test-clean       | 25.08 | Denny Sayers
`;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
/** Clips `first` to `last` of a chapter, by their names in the layout. */
function chapter(folder: string, speaker: number, number: number, count: number): Record<string, Uint8Array> {
  const clip = (i: number) => flacBytes({ rate: 16000, channels: [tone(100 + i, 400 + speaker, 16000)] });
  const name = (i: number) => `${folder}${speaker}/${number}/${speaker}-${number}-${String(i).padStart(4, "0")}.flac`;
  const transcript = { [`${folder}${speaker}/${number}/${speaker}-${number}.trans.txt`]: text("WORDS\n") };
  return { ...Object.fromEntries(Array.from({ length: count }, (_, i) => [name(i), clip(i)])), ...transcript };
}

async function read(files: Record<string, Uint8Array>, options: SoundClipOptions = {}, speakers?: string) {
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const source = memorySource(new Map(Object.entries(files)), "libri");
  return { ...(await librispeechFrom(source, { warn, flac: nodeFlacDecoder(), ...options }, speakers)), warnings };
}

const labelled = (data: SoundDataset, label: string): (string | undefined)[] =>
  Array.from(data.labels[label]?.ids ?? [], (id) => data.labels[label]?.names[id]);
const ids = ({ clipNames }: SoundDataset): string[] => clipNames.map((path) => path.slice(path.lastIndexOf("/") + 1, -5));
const ONE_PART = { ...chapter("", 103, 1240, 3), ...chapter("", 103, 1241, 3), ...chapter("", 26, 495, 5) };

describe("LibriSpeech", () => {
  test("of one part: every fifth clip of a speaker held out, speaker and chapter known", async () => {
    const { train, test: held, warnings } = await read(ONE_PART);
    expect(train).toMatchObject({ name: "librispeech/train", rate: 16000 });
    expect(ids(held)).toEqual(["103-1241-0001", "26-495-0004"]);
    expect(train.lengths).toHaveLength(9);
    expect(labelled(held, "speaker")).toEqual(["103", "26"]);
    expect(labelled(held, "chapter")).toEqual(["1241", "495"]);
    expect(Object.keys(train.labels)).toEqual(["speaker", "chapter"]);
    expect(await held.read(1, 0, 3)).toEqual(Float32Array.from(tone(3, 426, 16000), (v) => v / 32768));
    expect(warnings).toEqual([]);
  });

  test("knows sexes by SPEAKERS.TXT, in the folder or handed over", async () => {
    const inside = await read({ ...ONE_PART, "SPEAKERS.TXT": text(SPEAKERS) });
    expect(labelled(inside.test, "sex")).toEqual(["F", "M"]);
    expect(labelled((await read(ONE_PART, {}, SPEAKERS)).test, "sex")).toEqual(["F", "M"]);
    await expect(read(ONE_PART, {}, SPEAKERS.replace("26   ", "27   "))).rejects.toThrow(
      new FormatError("SPEAKERS.TXT: expected speaker 26 of 26/495/26-495-0000.flac, found 3 others"),
    );
  });

  test("is divided by the lists of the CPC authors when they are there", async () => {
    const lists = {
      "train_split.txt": text("103-1240-0000\n103-1240-0001\n26-495-0000\n"),
      "test_split.txt": text("103-1241-0002\n26-495-0003\n"),
    };
    const { train, test: held, warnings } = await read({ ...ONE_PART, ...lists });
    expect(ids(train)).toEqual(["103-1240-0000", "103-1240-0001", "26-495-0000"]);
    expect(ids(held)).toEqual(["103-1241-0002", "26-495-0003"]);
    expect(warnings).toEqual([expect.stringMatching(/^libri: 6 clips in neither list, left out: 103\/1240\/103-1240-0002\.flac, /)]);
    const given = await read({ ...ONE_PART, ...lists }, { testList: ["26-495-0001"] });
    expect(ids(given.test)).toEqual(["26-495-0001"]);
    expect(given.train.lengths).toHaveLength(10);
  });

  test("of several parts: test-* held out, dev-* left out; or whole speakers", async () => {
    const root = "LibriSpeech/";
    const files = {
      ...chapter(`${root}train-clean-100/`, 103, 1240, 2),
      ...chapter(`${root}dev-clean/`, 84, 1, 3),
      ...chapter(`${root}test-clean/`, 26, 495, 2),
    };
    const { train, test: held, warnings } = await read(files);
    expect([ids(train), ids(held)]).toEqual([
      ["103-1240-0000", "103-1240-0001"],
      ["26-495-0000", "26-495-0001"],
    ]);
    expect(labelled(held, "subset")).toEqual(["test-clean", "test-clean"]);
    expect(warnings).toEqual(["libri: 3 clips of dev-clean not used: test-* are held out, train-* trained on"]);
    const bySpeaker = await read(files, { holdOutBy: "speaker", holdOut: 3 });
    expect(new Set(labelled(bySpeaker.test, "speaker"))).toEqual(new Set(["84"]));
  });

  test("is refused without its layout, and for options it does not have", async () => {
    const other = { "103/1240/103-1241-0000.flac": new Uint8Array(9), "a.flac": new Uint8Array(9) };
    await expect(read(other)).rejects.toThrow(
      new UsageError("libri: no <speaker>/<chapter>/<speaker>-<chapter>-<number>.flac among 2 files: expected LibriSpeech"),
    );
    await expect(read(ONE_PART, { labels: "{x}/*" } as SoundClipOptions)).rejects.toThrow('librispeech: unknown option "labels"');
  });
});

test("SPEAKERS.TXT is read, its remarks are not", () => {
  const speakers = readSpeakers(SPEAKERS, "SPEAKERS.TXT");
  expect(speakers.get("103")).toEqual({ sex: "F", subset: "train-clean-100", name: "Karen|Savage" });
  expect(speakers.size).toBe(3);
  expect(() => readSpeakers("14 | X | a | 1 | b", "S")).toThrow(
    new FormatError('S: line 1: expected id | sex | subset | minutes | name, found "14 | X | a | 1 | b"'),
  );
  expect(() => readSpeakers("; x\n14 | F\n", "S")).toThrow("S: line 2: expected id | sex");
});
