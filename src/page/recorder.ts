import { UsageError } from "../errors.ts";
import { RATE, type Recording } from "./clips.ts";

/** The visitor's recordings and sound files. Nothing of them leaves the page. */
export class Recorder {
  readonly #recordings: Recording[] = [];
  #microphone: Microphone | undefined;

  /** @param changed is called whenever the list, or whether it records, has changed */
  constructor(private readonly changed: () => void) {}

  get recordings(): readonly Recording[] {
    return this.#recordings;
  }

  get recording(): boolean {
    return this.#microphone !== undefined;
  }

  /** Begins to record; the browser asks the visitor first. @throws UsageError when there is no microphone or it is not allowed */
  async start(): Promise<void> {
    if (this.#microphone) return;
    this.#microphone = await openMicrophone();
    this.changed();
  }

  /** Ends the recording and adds it to the list. */
  async stop(): Promise<void> {
    const microphone = this.#microphone;
    if (!microphone) return;
    this.#microphone = undefined;
    const sound = await microphone.stop();
    this.#add("Recording", await decode(await sound.arrayBuffer(), "the recording"));
  }

  /** Adds sound files of any kind that the browser knows. @throws UsageError for a file that it does not */
  async open(files: Iterable<File>): Promise<void> {
    for (const file of files) this.#add(file.name, await decode(await file.arrayBuffer(), file.name));
  }

  remove(place: number): void {
    this.#recordings.splice(place, 1);
    this.changed();
  }

  /** Under a name that no other has. */
  #add(name: string, samples: Float32Array): void {
    const names = new Set(this.#recordings.map((recording) => recording.name));
    let own = name === "Recording" ? "Recording 1" : name;
    for (let n = 2; names.has(own); n++) own = `${name} ${n}`;
    this.#recordings.push({ name: own, samples });
    this.changed();
  }
}

interface Microphone {
  /** What was heard since it was opened, encoded. */
  stop(): Promise<Blob>;
}

async function openMicrophone(): Promise<Microphone> {
  const stream = await askForMicrophone();
  const recorder = new MediaRecorder(stream);
  const parts: Blob[] = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const ended = new Promise<Blob>((resolve) =>
    recorder.addEventListener("stop", () => resolve(new Blob(parts, { type: recorder.mimeType }))),
  );
  recorder.start();
  return {
    stop() {
      recorder.stop();
      for (const track of stream.getTracks()) track.stop(); // the browser's sign that it listens goes out
      return ended;
    },
  };
}

async function askForMicrophone(): Promise<MediaStream> {
  // As it is: what makes telephone calls pleasant takes away what tells rooms and voices apart.
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: plain });
  } catch (error) {
    const refused = error instanceof DOMException && error.name === "NotAllowedError";
    const why = refused ? "The microphone was not allowed." : "There is no microphone that can be used.";
    throw new UsageError(`${why} Sound files can be opened instead.`);
  }
}

/** Any sound that the browser can decode as mono, `RATE` samples a second. @throws UsageError naming the file */
async function decode(bytes: ArrayBuffer, name: string): Promise<Float32Array> {
  const context = new OfflineAudioContext(1, 1, RATE); // decoding resamples to a context's rate
  const sound = await context.decodeAudioData(bytes).catch(() => undefined);
  if (!sound || sound.length === 0)
    throw new UsageError(`${name}: not a sound that this browser can decode (WAV, FLAC, MP3, Ogg and such).`);
  const mono = new Float32Array(sound.length);
  for (let c = 0; c < sound.numberOfChannels; c++) {
    for (const [i, value] of sound.getChannelData(c).entries()) mono[i] = (mono[i] ?? 0) + value / sound.numberOfChannels;
  }
  return mono;
}
