import type { TrainConfig } from "../train/config.ts";
import type { TrainEvent } from "../train/events.ts";
import type { Picture } from "../train/picture.ts";
import type { Failure, FromWorker } from "./protocol.ts";

/** Where a run stands. `opening`: looking for an adapter. `lost` and `failed`: `message` says why. */
export type Stage = "opening" | "ready" | "loading" | "training" | "paused" | "done" | "unavailable" | "lost" | "failed";

/** Everything that the page shows. */
export interface PageState {
  readonly stage: Stage;
  readonly adapter?: { readonly name: string; readonly software: boolean };
  /** What it is busy with, or why it stopped. */
  readonly message: string;
  readonly config?: TrainConfig;
  readonly events: readonly TrainEvent[];
  readonly picture?: Picture;
  readonly checkpoint?: { readonly step: number; readonly bytes: Uint8Array };
}

export const OPENING: PageState = { stage: "opening", message: "Looking for a GPU \u2026", events: [] };

const STAGE_OF: { readonly [F in Failure]: Stage } = { unavailable: "unavailable", lost: "lost", error: "failed" };

/** The state after a message of the worker. */
export function after(state: PageState, message: FromWorker): PageState {
  switch (message.kind) {
    case "adapter":
      return { ...state, adapter: message, ...(state.stage === "opening" && { stage: "ready", message: "" }) };
    case "phase":
      return { ...state, message: message.text };
    case "config":
      return { ...state, config: message.config };
    case "event":
      return afterEvent(state, message.event);
    case "picture":
      return { ...state, picture: message.picture };
    case "checkpoint":
      return { ...state, checkpoint: { step: message.step, bytes: message.bytes } };
    case "failed":
      // A device that goes away after the end takes nothing with it.
      return state.stage === "done" ? state : { ...state, stage: STAGE_OF[message.cause], message: message.message };
  }
}

function afterEvent(state: PageState, event: TrainEvent): PageState {
  const next = { ...state, events: [...state.events, event] };
  if (event.event === "start") return { ...next, stage: state.stage === "paused" ? "paused" : "training", message: "" };
  if (event.event === "done") return { ...next, stage: "done", message: "" };
  return next;
}
