// "nearfar/evaluate": what features are worth. `train` measures by itself; this is for features of your own.

export { type Neighbours, nearest } from "../bank/nearest.ts";
export type { HostRows, Rows } from "../bank/rows.ts";
export { encoderKnn, pixelBaseline, pixelRows } from "./baselines.ts";
export { Embedder, type EmbedOptions, embed } from "./embed.ts";
export { type KnnOptions, type KnnResult, type KnnScore, knn } from "./knn.ts";
export { alignment, collapseWarning, effectiveRank, meanPairwiseCosine, uniformity } from "./meters.ts";
export { type Pca, pca } from "./pca.ts";
