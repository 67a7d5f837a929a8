import type { TrainOptions } from "../train/config.ts";

/** Something to watch: data and a method. */
export interface Task {
  /** What the h1 promises. */
  readonly title: string;
  /** What the method does, for people. */
  readonly lead: string;
  /** What the training samples are called. */
  readonly samples: string;
  readonly options: TrainOptions;
  /** Whether the visitor brings the data: recordings and sound files. */
  readonly recordings?: boolean;
}

/** What the page offers, by the name that its address may carry (`?task=rooms`). */
export const TASKS = {
  digits: {
    title: "Watch a network learn to see digits, in this tab",
    lead:
      "InstDisc pulls each handwritten digit away from every other, and never sees a label. Yet digits of one kind drift together: their " +
      "nearest neighbours tell what they are. Everything is computed here; no image leaves this machine.",
    samples: "digits",
    options: { objective: { name: "instdisc" }, data: { name: "mnist" } },
  },
  pairs: {
    title: "Watch a network learn what makes two digits the same",
    lead:
      "InvaSpread shows each handwritten digit twice, turned and stretched, and learns to tell that the two are one while all others are not. " +
      "It never sees a label and keeps no memory. Everything is computed here; no image leaves this machine.",
    samples: "digits",
    options: { objective: { name: "invaspread" }, data: { name: "mnist" }, encoder: { head: "plain" } },
  },
  rooms: {
    title: "Watch three networks agree on what a room is",
    lead:
      "Your GPU draws furnished rooms, each as an image, as distances and as surface directions. CMC trains a network for each view, until " +
      "each finds its own room in the eyes of the others. Nothing is downloaded, and no one says what a kitchen is.",
    samples: "rooms",
    options: {
      objective: { name: "cmc", views: ["image", "depth", "normals"], reduction: "mean" },
      data: { name: "scenes", test: 300 },
      view: { kind: "crop", area: [0.4, 1], flip: 0.5 },
      batch: 64,
    },
  },
  sounds: {
    title: "Watch a network learn to hear, from what you record",
    lead:
      "CPC listens to a second of sound and learns to predict how it goes on, told from all other moments. Record two voices, or two rooms, half a " +
      "minute each: soon it can tell them apart by their neighbours, although no one says which is which. No sound leaves this machine.",
    samples: "clips",
    recordings: true,
    options: {
      objective: { name: "cpc", steps: 8, drawn: 32 },
      data: { name: "sound" },
      encoder: { name: "audio", width: 32, norm: "channel", context: "gru", units: 64 },
      view: { kind: "window", samples: 6400, short: "skip", level: "rms" },
      schedule: { kind: "constant", rate: 0.002 },
      evaluate: { every: 10, k: 10 },
      epochs: 60,
    },
  },
} as const satisfies { readonly [name: string]: Task };

export type TaskName = keyof typeof TASKS;
export const TASK_NAMES = Object.keys(TASKS) as TaskName[];
export const isTask = (name: string): name is TaskName => Object.hasOwn(TASKS, name);
