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
} as const satisfies { readonly [name: string]: Task };

export type TaskName = keyof typeof TASKS;
export const TASK_NAMES = Object.keys(TASKS) as TaskName[];
export const isTask = (name: string): name is TaskName => Object.hasOwn(TASKS, name);
