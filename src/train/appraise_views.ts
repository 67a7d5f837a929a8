import type { HostRows } from "../bank/rows.ts";
import type { ImageSource } from "../data/views/resident.ts";
import { centredPixelRows } from "../evaluate/baselines.ts";
import { type CrossViewRetrieval, crossViewRetrieval, sideBySide, type ViewRows } from "../evaluate/cross_view.ts";
import type { Baseline, ViewsEvaluation } from "./events.ts";
import type { Session } from "./session.ts";
import { at, type ViewFeatures } from "./view_features.ts";

/** kNN accuracy of queries among training rows, in [0, 1]; null without labels. */
export type Accuracy = (features: { readonly train: HostRows; readonly test: HostRows }) => Promise<number | null>;

/** What features of several views are worth: each alone, all side by side, and across. */
export async function appraiseViews(session: Session, features: ViewFeatures, accuracy: Accuracy): Promise<ViewsEvaluation> {
  const { views } = session.learner.views;
  const knn: number[] = [];
  for (const [v, train] of features.train.entries()) {
    const test = features.test[v];
    const found = test && (await accuracy({ train, test }));
    if (typeof found === "number") knn.push(found);
  }
  return {
    names: views.map(({ name }) => name),
    knn: knn.length === views.length ? knn : null,
    knnAll: await accuracy({ train: sideBySide(features.train), test: sideBySide(features.test) }),
    match: await matchOf(session, features.test),
  };
}

/** Recall@1 across views before the first step, of raw pixels and of the encoders. */
export async function matchBaseline(session: Session, features: ViewFeatures): Promise<Baseline["match"]> {
  const untrained = await matchOf(session, features.test);
  if (!untrained) return undefined;
  const sources = session.learner.views.sources(session.data.test);
  const pixels = comparable(sources) ? await matchOf(session, sources.map(centredPixelRows)) : null;
  return { pixels: pixels?.mean[0] ?? null, untrained: untrained.mean[0] ?? 0 };
}

/** Pixels of views can be held against each other where there are bytes for each, of one shape and one meaning. */
function comparable(sources: readonly ImageSource[]): boolean {
  const [first] = sources;
  return sources.length > 1 && sources.every(({ channels, segments }) => channels === first?.channels && segments === undefined);
}

async function matchOf({ gpu, learner, data }: Session, rows: readonly HostRows[]): Promise<CrossViewRetrieval | null> {
  const sources = learner.views.sources(data.test); // of a colour split there is one, and it is whole
  const views = learner.views.views.map(({ name }, v): ViewRows => ({ name, rows: at(rows, v), present: sources[v]?.present }));
  return crossViewRetrieval(gpu, views);
}
