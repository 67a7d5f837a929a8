import { UsageError } from "../errors.ts";
import { checkNumber } from "../options.ts";
import { resolveConfig, type TrainConfig, type TrainOptions } from "../train/config.ts";

// Quality against the number of views (Tian, Krishnan, Isola 2020, section 4.4 and its figure on NYU Depth v2), at small scale: what is
// trained, and in which order. Nothing here touches a GPU.

/** The data sets that it runs on. */
export const VIEWS_DATA = ["scenes", "emoji"] as const;
export type ViewsData = (typeof VIEWS_DATA)[number];

/** How views are joined: every pair with the first view, or all pairs. */
export type ViewsGraph = "core" | "full";

/** One training, or what stands for it. */
export interface ViewsCell {
  /** 0: the encoder before its first step. 1: the first view alone, by InstDisc. From 2 on: CMC. */
  readonly views: number;
  /** Null up to two views: they have one pair, and both graphs are the same. */
  readonly graph: ViewsGraph | null;
  readonly seed: number;
}

/** A figure that is measured, 0 to 1, more is better. */
export interface ViewsMeasure {
  readonly name: string;
  /** For axes and columns. */
  readonly label: string;
  /** A sentence: what it is. */
  readonly note: string;
}

/** Everything but the cell that decides its figures. Plain data: kept in the results. */
export interface ViewsPlan {
  readonly data: ViewsData;
  /** Views in the order in which they join. The first one's encoder is measured. */
  readonly order: readonly string[];
  /** Of every training; objective and seed are the cell's. */
  readonly train: TrainConfig;
  /** Options of CMC besides views and graph. */
  readonly cmc: { readonly [option: string]: unknown };
  /** Passes over the training images by the decoder that is scored (scenes), or neighbours that vote (emoji). */
  readonly probe: { readonly epochs: number } | { readonly k: number };
}

interface Recipe {
  readonly order: readonly string[];
  readonly options: TrainOptions;
  readonly cmc: ViewsPlan["cmc"];
  readonly probe: ViewsPlan["probe"];
  readonly measures: readonly ViewsMeasure[];
  /** What stands beside the encoders: knows nothing of views. */
  readonly reference: string;
}

const EMOJI_ORDER = ["noto", "twemoji", "openmoji", "fluent-emoji-flat"];

const RECIPES: { readonly [D in ViewsData]: Recipe } = {
  scenes: {
    order: ["luminance", "chrominance", "depth", "normals"],
    options: {
      data: { name: "scenes", colours: "lab", limit: 512, test: 200, size: [32, 32] },
      encoder: { name: "convnet", blocks: [16, 32, 64], dim: 64, head: "standardised" },
      view: { kind: "crop", area: [0.4, 1] },
      batch: 64,
      epochs: 15,
    },
    cmc: { encoders: "separate" },
    probe: { epochs: 10 },
    measures: [
      {
        name: "meanIoU",
        label: "mean IoU",
        note: "Intersection over union, mean over 13 classes, of a linear decoder on the frozen maps of the luminance encoder.",
      },
      { name: "pixelAccuracy", label: "pixel accuracy", note: "Share of held-out pixels whose class that decoder tells." },
    ],
    reference: "commonest class everywhere",
  },
  emoji: {
    order: EMOJI_ORDER,
    options: {
      data: { name: "emoji", vendors: EMOJI_ORDER, size: [32, 32] },
      encoder: { name: "convnet", blocks: [16, 32, 64], dim: 64, head: "standardised" },
      view: { kind: "affine", rotation: 0.1, scale: 0.1, shear: 0, shift: 0.07, flip: 0.5, outside: "edge" },
      batch: 64,
      epochs: 10,
    },
    cmc: { encoders: "shared" },
    probe: { k: 5 },
    measures: [
      { name: "knn", label: "5-NN of subgroups", note: "Held-out emoji of the first vendor whose subgroup their five nearest name." },
      {
        name: "recall",
        label: "Recall@1 across vendors",
        note: "Held-out emoji that find themselves in another vendor's drawing, mean over all twelve ordered pairs, learned or not.",
      },
    ],
    reference: "raw pixels",
  },
};

export const measuresOf = (data: ViewsData): readonly ViewsMeasure[] => RECIPES[data].measures;
export const referenceOf = (data: ViewsData): string => RECIPES[data].reference;
/** What a plan starts from: options are laid over it. */
export const recipeOf = (data: ViewsData): TrainOptions => RECIPES[data].options;

/**
 * @param options of every training, complete: `recipeOf` with what a person changed
 * @param probeEpochs of the decoder on scenes
 * @throws UsageError for what no training can be
 */
export function viewsPlan(data: ViewsData, options: TrainOptions, probeEpochs?: number): ViewsPlan {
  const { order, cmc, probe } = RECIPES[data];
  if (probeEpochs !== undefined) checkNumber("probe epochs", probeEpochs, { min: 1, integer: true });
  const train = resolveConfig(options);
  if (train.data.name !== data) throw new UsageError(`experiment views: expected data ${data}, got ${train.data.name}`);
  const passes = "epochs" in probe && probeEpochs !== undefined ? { epochs: probeEpochs } : probe;
  return { data, order, train, cmc, probe: passes };
}

/** Every cell for these seeds: a seed after the other, so that a run that is stopped has whole curves of fewer seeds. */
export function viewsCells({ order }: ViewsPlan, seeds: readonly number[]): ViewsCell[] {
  const more = order.slice(2).flatMap((_, i) => (["core", "full"] as const).map((graph) => ({ views: i + 3, graph })));
  const each = [{ views: 0, graph: null }, { views: 1, graph: null }, { views: 2, graph: null }, ...more];
  return seeds.flatMap((seed) => each.map((cell) => ({ ...cell, seed })));
}

/** What a cell trains. */
export function viewsConfig(plan: ViewsPlan, { views, graph, seed }: ViewsCell): TrainConfig {
  const cmc = { name: "cmc", views: plan.order.slice(0, views), graph: graph ?? "full", ...plan.cmc };
  return { ...plan.train, seed, objective: views < 2 ? { name: "instdisc" } : cmc };
}

export const sameCell = (a: ViewsCell, b: ViewsCell): boolean => a.views === b.views && a.graph === b.graph && a.seed === b.seed;

/** "untrained", "1 view (InstDisc)", "3 views, core". */
export function cellName({ views, graph }: Pick<ViewsCell, "views" | "graph">): string {
  if (views === 0) return "untrained";
  if (views === 1) return "1 view (InstDisc)";
  return `${views} views${graph ? `, ${graph}` : ""}`;
}
