import { subset } from "../data/images.ts";
import { fetchMnist } from "../data/mnist_fetch.ts";
import { DeviceError, GpuUnavailableError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { dataOf, isMade } from "../host/job_data.ts";
import { CHECKPOINT } from "../train/checkpoint.ts";
import { resolveConfig, type TrainConfig } from "../train/config.ts";
import { isSoundData } from "../train/data_config.ts";
import { MemoryFolder } from "../train/memory_folder.ts";
import type { GalleryImage, Picture } from "../train/picture.ts";
import type { RunData } from "../train/run_session.ts";
import { train } from "../train/train.ts";
import { openGpu } from "../tuning/open.ts";
import { type Recording, soundsOf } from "./clips.ts";
import type { Failure, FromWorker, ToWorker } from "./protocol.ts";

// The page's worker: opens the device at once, so that the page can say what it will train on, then trains once when told to.

/** While this is pending, training waits before its next step. */
class Gate {
  #closed: Promise<void> | undefined;
  #open: () => void = () => {};

  close(): void {
    this.#closed ??= new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#closed = undefined;
    this.#open();
  }

  readonly passed = (): Promise<void> | undefined => this.#closed;
}

/** Milliseconds; measured: 20 to 70. */
const LOST_IS_TOLD_WITHIN = 500;

const post = (message: FromWorker): void => postMessage(message);

function serve(): void {
  const gate = new Gate();
  const opened = openGpu();
  opened.then(
    (gpu) => {
      post({ kind: "adapter", name: gpu.name, software: gpu.adapter.software });
      gpu.lost.then((info) => post(goneMessage(info)));
    },
    (error) => post(failure(error instanceof GpuUnavailableError ? "unavailable" : "error", error)),
  );
  addEventListener("message", async ({ data: message }: MessageEvent<ToWorker>) => {
    if (message.kind === "pause") gate.close();
    else if (message.kind === "continue") gate.open();
    else {
      const gpu = await opened.catch(() => undefined); // its failure was posted above
      if (gpu) await run(gpu, message, gate).catch((error) => fail(gpu, error));
    }
  });
}

/** When a device goes away, whatever was under way fails in its own words, some of it before `lost` is told. */
async function fail(gpu: Gpu, error: unknown): Promise<void> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, LOST_IS_TOLD_WITHIN));
  if (!(await Promise.race([gpu.lost, late]))) post(failure("error", error));
}

function failure(cause: Failure, error: unknown): FromWorker {
  return { kind: "failed", cause, message: error instanceof Error ? error.message : String(error) };
}

function goneMessage({ reason, message }: Awaited<Gpu["lost"]>): FromWorker {
  return failure("lost", new DeviceError(`The device was lost (${reason}). ${message}`));
}

async function run(
  gpu: Gpu,
  { config: options, data: address, checkpoint, recordings }: Extract<ToWorker, { kind: "start" }>,
  gate: Gate,
): Promise<void> {
  const config = resolveConfig(options);
  post({ kind: "config", config });
  const data = await load(gpu, address, config, recordings);
  post({ kind: "phase", text: "Preparing kernels and measuring the baselines \u2026" });
  const folder = new MemoryFolder();
  if (checkpoint) await folder.write(CHECKPOINT, checkpoint);
  await train(gpu, config, data, {
    folder,
    resume: checkpoint !== undefined,
    ready: gate.passed,
    emit(event) {
      const bytes = event.event === "checkpoint" && folder.files.get(event.file);
      if (bytes) post({ kind: "checkpoint", step: event.step, bytes });
      post({ kind: "event", event });
    },
    picture: (picture) => post({ kind: "picture", picture: detached(picture) }),
  });
}

/** What the config asks for: recordings, images made here, or the first of each file, as everywhere in nearfar. */
async function load(gpu: Gpu, address: string, { data }: TrainConfig, recordings: readonly Recording[]): Promise<RunData> {
  if (isSoundData(data.name)) return soundsOf(recordings);
  if (isMade(data)) {
    post({ kind: "phase", text: "Drawing the rooms \u2026" });
    return dataOf(gpu, data, undefined);
  }
  const { limit, test } = data;
  const onBytes = (received: number) => post({ kind: "phase", text: `Fetching images \u2026 ${(received / 2 ** 20).toFixed(1)} MiB` });
  const all = await fetchMnist(address, { suffix: ".gz", onBytes });
  return {
    train: limit === null ? all.train : subset(all.train, { limit }),
    test: test === null ? all.test : subset(all.test, { limit: test }),
  };
}

/** Copies of the gallery's images: a message carries the whole memory behind an array, here that of the data set. */
function detached(picture: Picture): Picture {
  const copy = <T extends GalleryImage>(image: T): T => ({ ...image, pixels: image.pixels.slice() });
  const gallery = picture.gallery.map(({ query, neighbours }) => ({ query: copy(query), neighbours: neighbours.map(copy) }));
  return { ...picture, gallery };
}

serve();
