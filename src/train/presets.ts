import { UsageError } from "../errors.ts";
import type { TrainOptions } from "./config.ts";
import type { SampleSet } from "./cost.ts";

/** A recipe with a name: a published one as closely as it can be had, or a small one that was tried. */
export interface Preset {
  readonly name: string;
  readonly title: string;
  /** Where the recipe comes from: paper, section or table, published code. */
  readonly source: string;
  /** The figure that it aims at, in short. */
  readonly figure: string;
  /** How that figure was measured, and by whom. */
  readonly protocol: string;
  /** What differs from the source. */
  readonly differences: readonly string[];
  /** The training images, windows of sound or passages of text, as far as the cost depends on them. */
  readonly images: SampleSet;
  readonly config: TrainOptions;
}

const CIFAR = { count: 50_000, channels: 3, height: 32, width: 32 } as const;
const STL = { channels: 3, height: 96, width: 96 } as const;
const MNIST = { count: 60_000, channels: 1, height: 28, width: 28 } as const;

const CIFAR_LEVELS = { mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] } as const;
const IMAGENET_LEVELS = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

const JITTER = { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.4 } as const;
const CIFAR_RESNET = { name: "resnet18", stem: "cifar", dim: 128, head: "plain" } as const;
const SGD = { name: "sgd", momentum: 0.9, nesterov: false } as const;
const INSTDISC_SCHEDULE = { kind: "step", unit: "epochs", rate: 0.03, milestones: [120, 160], gamma: 0.1 } as const;
/** The released code's own falls, each a factor of the first rate. */
const INVASPREAD_SCHEDULE = { kind: "step", unit: "epochs", rate: 0.03, milestones: [120, 160, 200], factors: [0.1, 0.05, 0.01] } as const;

const WEIGHTED_KNN = "weighted kNN of the 128-d features, k = 200, temperature 0.1, against the training images";
const ANTIALIASING = "crops are resized bilinearly without antialiasing";

const instdiscCifar10: Preset = {
  name: "instdisc-cifar10",
  title: "InstDisc on CIFAR-10, softmax over the whole bank",
  source: "Wu, Xiong, Yu, Lin 2018 (arXiv:1805.01978), section 4.1 and table 1; schedule and views of lemniscate.pytorch's cifar.py",
  figure: "kNN 80.8 %",
  protocol: `CIFAR-10 test images, ${WEIGHTED_KNN}; table 1, non-parametric softmax (linear SVM: 75.4 %). The code picks the best epoch on the test set`,
  differences: [ANTIALIASING, "the bank starts with unit rows, as in the paper; the code's are of length 1 on average"],
  images: CIFAR,
  config: {
    objective: { name: "instdisc", mode: "full-softmax", temperature: 0.1, momentum: 0.5, start: "unit" },
    data: { name: "cifar10", test: null },
    encoder: CIFAR_RESNET,
    view: { kind: "crop", area: [0.2, 1], flip: 0, jitter: JITTER, grayscale: 0.2, order: "jitter-gray", normalise: CIFAR_LEVELS },
    optimiser: { ...SGD, weightDecay: 5e-4 },
    schedule: INSTDISC_SCHEDULE,
    batch: 128,
    epochs: 200,
    evaluate: { every: 5, k: 200, temperature: 0.1 },
  },
};

const instdiscImagenet: Preset = {
  name: "instdisc-imagenet",
  title: "InstDisc on ImageNet, NCE with 4,096 negatives",
  source: "Wu, Xiong, Yu, Lin 2018 (arXiv:1805.01978), section 4.2; lemniscate.pytorch's main.py",
  figure: "kNN 41.0 %",
  protocol:
    "ImageNet validation images, top-1, ResNet-18, weighted kNN of the 128-d features, k = 200, temperature 0.07; the code's README",
  differences: [
    ANTIALIASING,
    "images stay on the device as bytes, fewer than 4 GiB of them: all 1,281,167 do not fit. Take a part (--limit), or smaller images",
    "no reader for a folder of JPEGs is named here: set data",
  ],
  images: { count: 1_281_167, channels: 3, height: 256, width: 256 },
  config: {
    objective: { name: "instdisc", mode: "nce", negatives: 4096, temperature: 0.07, momentum: 0.5, start: "unit" },
    encoder: { name: "resnet18", stem: "imagenet", dim: 128, head: "plain" },
    view: {
      kind: "crop",
      area: [0.2, 1],
      size: [224, 224],
      flip: 0.5,
      jitter: JITTER,
      grayscale: 0.2,
      order: "gray-jitter",
      normalise: IMAGENET_LEVELS,
    },
    optimiser: { ...SGD, weightDecay: 1e-4 },
    schedule: INSTDISC_SCHEDULE,
    batch: 256,
    epochs: 200,
    evaluate: { every: 5, k: 200, temperature: 0.07 },
  },
};

const INVASPREAD: TrainOptions = {
  objective: { name: "invaspread", temperature: 0.1, gradient: "anchor", negativeWeight: 1 },
  encoder: CIFAR_RESNET,
  view: { kind: "crop", area: [0.2, 1], flip: 0.5, jitter: JITTER, grayscale: 0.2, order: "jitter-gray", normalise: CIFAR_LEVELS },
  optimiser: { ...SGD, weightDecay: 5e-4 },
  schedule: INVASPREAD_SCHEDULE,
  batch: 128,
  epochs: 301,
  evaluate: { every: 5, k: 200, temperature: 0.1 },
};
const INVASPREAD_SOURCE = "Ye, Zhang, Yuen, Chang 2019 (arXiv:1904.03436), section 4.1; Unsupervised_Embedding_Learning's demo_cifar.py";

const invaspreadCifar10: Preset = {
  name: "invaspread-cifar10",
  title: "InvaSpread on CIFAR-10",
  source: INVASPREAD_SOURCE,
  figure: "kNN 83.6 %",
  protocol: `CIFAR-10 test images, ${WEIGHTED_KNN}; table 1. The code picks the best epoch on the test set`,
  differences: [ANTIALIASING],
  images: CIFAR,
  config: { ...INVASPREAD, data: { name: "cifar10", test: null } },
};

const STL_DIFFERENCES = [
  ANTIALIASING,
  "the network ends in a mean over the whole 12 x 12 map; the released one pools 7 x 7 of it and so sees one corner",
];

const invaspreadStl10: Preset = {
  name: "invaspread-stl10",
  title: "InvaSpread on the 5,000 labelled images of STL-10",
  source: INVASPREAD_SOURCE,
  figure: "kNN 74.1 %",
  protocol: `STL-10 test images, trained on 5k images, ${WEIGHTED_KNN} (linear: 69.5 %)`,
  differences: STL_DIFFERENCES,
  images: { count: 5000, ...STL },
  config: { ...INVASPREAD, data: { name: "stl10", test: null } },
};

const instdiscMnist: Preset = {
  name: "instdisc-mnist",
  title: "InstDisc on MNIST: the default of every option",
  source: "nearfar's README: small preset with a standardised head and a bank that starts with the encoder's features",
  figure: "kNN 94.2 %",
  protocol: "2,000 test images, k = 20, temperature 0.1, trained on 4,000 images (--limit 4000): nearfar, mean of seeds 1 and 2",
  differences: [],
  images: MNIST,
  config: { objective: { name: "instdisc" }, data: { name: "mnist" } },
};

const invaspreadMnist: Preset = {
  name: "invaspread-mnist",
  title: "InvaSpread on MNIST",
  source: "nearfar's README: the small preset with the papers' plain head",
  figure: "kNN 94.6 %",
  protocol: "2,000 test images, k = 20, temperature 0.1, trained on 4,000 images (--limit 4000): nearfar, mean of seeds 1 to 3",
  differences: [],
  images: MNIST,
  config: { objective: { name: "invaspread" }, data: { name: "mnist" }, encoder: { head: "plain" } },
};

const VENDORS = ["noto", "twemoji", "openmoji", "fluent-emoji-flat"] as const;
const CMC_EMOJI = {
  data: { name: "emoji", vendors: VENDORS, test: null },
  encoder: { name: "convnet", blocks: [32, 64, 128], dim: 128, head: "standardised" },
  view: {
    ...{ kind: "affine", rotation: 0.1, scale: 0.1, shear: 0, shift: 0.035, flip: 0.5, outside: "edge" },
    normalise: { mean: [0.838, 0.798, 0.752], std: [0.27, 0.269, 0.327] }, // of the training images
  },
  optimiser: { name: "adamw", weightDecay: 0.05 },
  schedule: { kind: "cosine", rate: 0.002 },
  batch: 64,
} as const;
const EMOJI_SET = { count: 1154, channels: 3, height: 32, width: 32, views: VENDORS } as const;
const CMC_SOURCE =
  "Tian, Krishnan, Isola 2020 (arXiv:1906.05849): the full graph, on drawings of four vendors instead of RGB-D; nearfar's own recipe";
const CMC_PROTOCOL =
  "288 held-out emoji, each looks for itself in another vendor's drawings: Recall@1, mean over the 12 ordered pairs (chance 0.3 %, raw pixels 25.8 %)";

/** On the drawings of four vendors: one encoder for all, or one each. */
function cmcOnEmoji(
  own: Pick<Preset, "name" | "title" | "figure" | "differences">,
  encoders: string,
  epochs: number,
  every: number,
): Preset {
  const objective = { name: "cmc", encoders, graph: "full", reduction: "mean" };
  const config = { ...CMC_EMOJI, objective, epochs, evaluate: { every, k: 5, temperature: 0.1 } };
  return { ...own, source: CMC_SOURCE, protocol: CMC_PROTOCOL, images: EMOJI_SET, config };
}

const DRAWINGS = "CMC over four vendors' drawings of emoji";
const cmcEmoji = cmcOnEmoji(
  { name: "cmc-emoji", title: `${DRAWINGS}, one encoder for all`, figure: "Recall@1 55.4 %", differences: [] },
  "shared",
  60,
  10,
);
const cmcEmojiSeparate = cmcOnEmoji(
  { name: "cmc-emoji-separate", title: `${DRAWINGS}, an encoder each`, figure: "Recall@1 46.2 %", differences: [] },
  "separate",
  30,
  10,
);
/** Colours say which emoji it is, and less of what kind: shaken, they leave room for the shape. */
const cmcEmojiKinds: Preset = {
  name: "cmc-emoji-kinds",
  title: `${DRAWINGS}, colours shaken: emoji of one kind come together`,
  source: CMC_SOURCE,
  figure: "kNN 40.6 %",
  protocol:
    "288 held-out emoji as noto drew them, k = 5, temperature 0.1, 95 subgroups (pixels 32.3 %, about their mean 37.5 %); seeds 1 and 2 alike",
  differences: [],
  images: EMOJI_SET,
  config: {
    ...cmcEmoji.config,
    view: { ...CMC_EMOJI.view, jitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.5 }, grayscale: 0.2 },
  },
};
const quickly = { title: `${DRAWINGS}, in minutes on a software adapter`, differences: ["5 epochs instead of 60"] };
const cmcEmojiQuick = cmcOnEmoji({ name: "cmc-emoji-quick", figure: "Recall@1 36.1 %", ...quickly }, "shared", 5, 5);

const cpcLibrispeech: Preset = {
  name: "cpc-librispeech",
  title: "CPC on LibriSpeech, train-clean-100",
  source: "van den Oord, Li, Vinyals 2018 (arXiv:1807.03748), section 3.1; norm and paddings of facebookresearch/CPC_audio",
  figure: "speaker 97.4 %",
  protocol: "linear classifier of 251 speakers on contexts, the authors' split of train-clean-100, table 1 (of 41 phones: 64.6 %)",
  differences: [
    "one batch of 8 windows where the paper has one on each of 8 GPUs: negatives are the same, the gradient is of an eighth of the windows",
    "channel norm after each convolution, as CPC_audio: the paper tells of none",
  ],
  images: { windows: 281_000, padded: false },
  config: {
    objective: { name: "cpc", profile: "paper" },
    data: { name: "librispeech" },
    encoder: { name: "audio", width: 512, norm: "channel", context: "gru", units: 256 },
    view: { kind: "window", samples: 20_480, short: "skip", level: "none" },
    optimiser: { name: "adam" },
    schedule: { kind: "constant", rate: 2e-4 },
    batch: 8,
    epochs: 9,
    evaluate: { every: 9 },
  },
};

const cpcMnist: Preset = {
  name: "cpc-mnist",
  title: "CPC on MNIST, a grid of 5 x 5 patches of 12 pixels, 4 apart",
  source: "van den Oord, Li, Vinyals 2018 (arXiv:1807.03748), section 3.2, scaled down: 7 x 7 patches of 64 pixels, 32 apart, there",
  figure: "kNN 73.3 %",
  protocol:
    "2,000 test images, mean of patches, k = 20, temperature 0.1, trained on 4,000 images (--limit 4000): nearfar, mean of seeds 1 and 2; untrained 49.4 and 53.8 %",
  differences: ["three convolutions a patch in place of a ResNet", "the next row, two thirds of which a patch has seen, is not predicted"],
  images: MNIST,
  config: {
    objective: { name: "cpc" },
    data: { name: "mnist" },
    encoder: { name: "patchnet", patch: 12, step: 4, blocks: [32, 64, 64], context: "pixel", units: 64 },
    schedule: { kind: "constant", rate: 2e-3 },
    epochs: 3,
  },
};

const cpcText: Preset = {
  name: "cpc-text",
  title: "CPC on mails: which three sentences come next?",
  source: "van den Oord, Li, Vinyals 2018 (arXiv:1807.03748), section 3.3, scaled down: vectors of 620, latents and contexts of 2400 there",
  figure: "spam 96.9 %",
  protocol:
    "linear probe of mean latents, 1,209 held-out mails: nearfar, mean of seeds 1 and 2 (untrained encoder 90.5 and 91.1 %, bag of words 97.9 %)",
  differences: ["mails of SpamAssassin in place of BookCorpus", "5,000 words in place of 20,000, which are not extended to others"],
  images: { passages: 13_447 },
  config: { objective: { name: "cpc", profile: "text" }, data: { name: "spam" }, epochs: 1 },
};

/** What both presets on the Asterisk prompts train; they differ in where negatives come from, and in their windows. */
const PROMPTS = {
  data: { name: "asterisk" },
  encoder: { name: "audio", input: "log-mel", width: 64, context: "gru", units: 128 },
  schedule: { kind: "cosine", rate: 2e-3 },
  epochs: 3,
  evaluate: { every: 3 },
} as const;

const SPEECH = {
  source: "van den Oord, Li, Vinyals 2018 (arXiv:1807.03748), section 3.1 and table 2, scaled down",
  differences: ["log-mel spectra in place of samples, by which minutes are enough", "an eighth of the width, short windows at 8 kHz"],
};

const cpcVoices: Preset = {
  name: "cpc-voices",
  title: "CPC on telephone prompts, negatives of all other clips: who speaks?",
  ...SPEECH,
  figure: "voice 98.5 %",
  protocol:
    "linear probe of six voices on mean contexts, held-out prompts: nearfar, mean of seeds 1 and 2 (mean log-mel 94.9, untrained encoder 95.8 and 94.9 %)",
  images: { windows: 8_504, padded: true },
  config: {
    ...PROMPTS,
    objective: { name: "cpc", steps: 8, negatives: "others" },
    view: { kind: "window", samples: 6400, level: "rms" },
    batch: 8,
  },
};

const cpcPrompts: Preset = {
  name: "cpc-prompts",
  title: "CPC on telephone prompts, negatives of the same sequence: what is said?",
  ...SPEECH,
  figure: "Recall@5 15.8 %",
  protocol:
    "mean context of a prompt by one Italian speaker among 464 of the other: nearfar, mean of seeds 1 and 2 (Recall@1 6.0 %; mean log-mel 1.0 and 3.8 %, untrained 1.5 and 4.4 %)",
  images: { windows: 5_568, padded: true },
  config: {
    ...PROMPTS,
    objective: { name: "cpc", steps: 12, negatives: "sequence" },
    view: { kind: "window", samples: 10_240, level: "rms" },
    batch: 16,
  },
};

/** All presets: the papers' first, then what finishes on a laptop. */
export const PRESETS: readonly Preset[] = [
  instdiscCifar10,
  instdiscImagenet,
  invaspreadCifar10,
  invaspreadStl10,
  cpcLibrispeech,
  instdiscMnist,
  invaspreadMnist,
  cmcEmoji,
  cmcEmojiSeparate,
  cmcEmojiKinds,
  cmcEmojiQuick,
  cpcMnist,
  cpcText,
  cpcVoices,
  cpcPrompts,
];

/** @throws UsageError naming the presets that there are */
export function presetOf(name: string): Preset {
  const found = PRESETS.find((preset) => preset.name === name);
  if (found) return found;
  throw new UsageError(`preset: expected one of ${PRESETS.map((preset) => preset.name).join(", ")}, got ${JSON.stringify(name)}`);
}
