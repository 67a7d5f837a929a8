// "nearfar/evaluate": what features are worth, whatever they are features of. `train` measures by itself; this is for features of your own.

export { type Neighbours, nearest } from "../bank/nearest.ts";
export type { HostRows, Rows } from "../bank/rows.ts";
export { centredPixelRows, encoderKnn, pixelBaseline, pixelRows } from "./baselines.ts";
export { type Clusters, type KmeansOptions, kmeans, nmi } from "./clustering.ts";
export { type CrossViewRetrieval, crossViewRetrieval, sideBySide, type ViewRows } from "./cross_view.ts";
export { Embedder, type EmbedOptions, embed } from "./embed.ts";
export { CLIP_FEATURES, type ClipFeatures, SoundEmbedder } from "./embed_sound.ts";
export type { HeadSetting } from "./heads.ts";
export { type KnnOptions, type KnnResult, type KnnScore, knn } from "./knn.ts";
export { LogMel, type LogMelOptions, logMelRows } from "./log_mel.ts";
export {
  alignment,
  collapseWarning,
  effectiveRank,
  meanPairwiseCosine,
  predictionWarnings,
  type Spread,
  spreadOf,
  uniformity,
} from "./meters.ts";
export { type Pca, pca } from "./pca.ts";
export { type LabelledRows, type ProbeOptions, type ProbeResult, type ProbeTrial, probe } from "./probe.ts";
export { classRetrieval, matchRetrieval, type Recall, type RetrievalOptions, type RetrievalResult, retrieve } from "./retrieval.ts";
export { segmentationProbe } from "./segment.ts";
export { majorityScores, segmentationScores, voidClass } from "./segment_scores.ts";
export { type PartRows, type SoundMeasure, soundMeasures } from "./sound_measures.ts";
export { type Split, stratifiedSplit } from "./split.ts";
export { type Standardise, standardised, standardOf } from "./standardise.ts";
