// "nearfar/evaluate": measures of frozen features, whatever they are features of. Apart from the core, which has kNN alone: a page that
// only trains pays for none of them.

export type { HostRows } from "../bank/rows.ts";
export { type Clusters, type KmeansOptions, kmeans, nmi } from "./clustering.ts";
export type { HeadSetting } from "./heads.ts";
export { type KnnOptions, type KnnResult, type KnnScore, knn } from "./knn.ts";
export { alignment, effectiveRank, meanPairwiseCosine, uniformity } from "./meters.ts";
export { type Pca, pca } from "./pca.ts";
export { type LabelledRows, type ProbeOptions, type ProbeResult, type ProbeTrial, probe } from "./probe.ts";
export { classRetrieval, matchRetrieval, type Recall, type RetrievalOptions, type RetrievalResult, retrieve } from "./retrieval.ts";
export { type Split, stratifiedSplit } from "./split.ts";
export { type Standardise, standardised, standardOf } from "./standardise.ts";
