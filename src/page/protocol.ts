import type { TrainConfig, TrainOptions } from "../train/config.ts";
import type { TrainEvent } from "../train/events.ts";
import type { Picture } from "../train/picture.ts";
import type { Recording } from "./clips.ts";

/** What the page tells its worker. A worker trains once; the page starts a new one for the next run. */
export type ToWorker =
  | {
      readonly kind: "start";
      readonly config: TrainOptions;
      /** Address of the folder with MNIST's files. */
      readonly data: string;
      /** Where to go on; undefined: from the beginning. */
      readonly checkpoint: Uint8Array | undefined;
      /** What the visitor recorded or opened, for tasks on sound. */
      readonly recordings: readonly Recording[];
    }
  | { readonly kind: "pause" }
  | { readonly kind: "continue" };

/** What the worker tells the page. */
export type FromWorker =
  | { readonly kind: "adapter"; readonly name: string; readonly software: boolean }
  /** What it is busy with before the first event. */
  | { readonly kind: "phase"; readonly text: string }
  | { readonly kind: "config"; readonly config: TrainConfig }
  | { readonly kind: "event"; readonly event: TrainEvent }
  | { readonly kind: "picture"; readonly picture: Picture }
  | { readonly kind: "checkpoint"; readonly step: number; readonly bytes: Uint8Array }
  | { readonly kind: "failed"; readonly message: string; readonly cause: Failure };

/** Why a run ended: no WebGPU here; the device was lost (a new one may serve); or an error that would only come again. */
export type Failure = "unavailable" | "lost" | "error";
