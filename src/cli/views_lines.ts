import type { Baseline, ViewsEvaluation } from "../train/events.ts";
import { percentage } from "./progress.ts";
import { table } from "./table.ts";

/** What the terminal says of several views: how they find each other, pair by pair, and what each is worth alone and all together. */
export function viewsLines({ names, knn, knnAll, match }: ViewsEvaluation, baseline: Baseline | null | undefined): string[] {
  const lines: string[] = [];
  if (knn && knnAll !== null) {
    const each = names.map((name, v) => `${name} ${percentage(knn[v] ?? Number.NaN)}`).join(", ");
    lines.push(`kNN by view: ${each}; all side by side ${percentage(knnAll)}`);
  }
  if (!match) return lines;
  const { ks, mean, chance, pairs } = match;
  const beside = [
    `chance ${percentage(chance[0] ?? Number.NaN)}`,
    ...(typeof baseline?.match?.pixels === "number" ? [`raw pixels ${percentage(baseline.match.pixels)}`] : []),
    ...(baseline?.match ? [`untrained ${percentage(baseline.match.untrained)}`] : []),
  ];
  const means = ks.map((k, i) => `Recall@${k} ${percentage(mean[i] ?? Number.NaN)}`).join(", ");
  lines.push(`across views: ${means} (Recall@1: ${beside.join(", ")})`);
  if (pairs.length <= 2) return lines;
  const cell = (from: string, to: string): string => {
    const pair = pairs.find((one) => one.from === from && one.to === to);
    return pair ? percentage(pair.recalls[0] ?? Number.NaN) : "-";
  };
  return [...lines, ...table([["Recall@1 from \\ to", ...names], ...names.map((from) => [from, ...names.map((to) => cell(from, to))])])];
}
