import type { Option } from "./options.ts";

/** Heading of the options about data. */
export const DATA_GROUP = "Data";

/** Options of data that are sound; those about parts are of text, too. */
export const SOUND_OPTIONS: readonly Option[] = [
  {
    name: "sample-rate",
    type: "integer",
    value: "HZ",
    group: DATA_GROUP,
    path: "data.sampleRate",
    help: "sound: samples per second to bring all clips to",
    shown: "their own",
  },
  {
    name: "mix",
    type: "flag",
    group: DATA_GROUP,
    path: "data.mix",
    help: "sound: take the mean of the channels of clips that have several",
  },
  {
    name: "minimum",
    type: "number",
    value: "SECONDS",
    group: DATA_GROUP,
    path: "data.minimum",
    help: "sound: leave out clips that are shorter",
    shown: "0; asterisk 0.5",
  },
  {
    name: "hold-out-by",
    type: "text",
    value: "LABEL",
    group: DATA_GROUP,
    path: "data.holdOutBy",
    help: "sound, text, sotu: hold out every fifth value of this label (data.holdOut in --config), instead of clips of every value",
    shown: "asterisk: prompt",
  },
  {
    name: "train-list",
    type: "text",
    value: "FILE",
    group: DATA_GROUP,
    path: "data.trainList",
    help: "sound, librispeech, text: the ids of the clips or documents to train on, one a line",
  },
  {
    name: "test-list",
    type: "text",
    value: "FILE",
    group: DATA_GROUP,
    path: "data.testList",
    help: "sound, librispeech, text: the ids of those that are held out",
  },
];
