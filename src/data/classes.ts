import { UsageError } from "../errors.ts";
import type { ImageDataset } from "./images.ts";
import { subsetOf } from "./multi_view.ts";

/**
 * The samples of some classes, in their order. Labels keep their numbers.
 * @throws UsageError when there are no labels, or a class has no sample
 */
export function ofClasses(dataset: ImageDataset, classes: readonly number[]): ImageDataset {
  const { name, labels } = dataset;
  if (!labels) throw new UsageError(`${name}: has no labels to choose classes ${classes.join(", ")} by`);
  const empty = classes.find((label) => !labels.includes(label));
  if (empty !== undefined) throw new UsageError(`${name}: no sample of class ${empty}: its classes are ${listed(labels)}`);
  const wanted = new Set(classes);
  const indices = Uint32Array.from(labels.keys()).filter((i) => wanted.has(labels[i] ?? -1));
  return subsetOf(dataset, { indices });
}

/** The first `limit` samples, or all where there are no more; null: all. @throws UsageError when `limit` is no positive integer */
export function firstOf(dataset: ImageDataset, limit: number | null): ImageDataset {
  if (limit === null || limit >= dataset.length) return dataset;
  return subsetOf(dataset, { limit });
}

/** The classes of the samples, ascending. */
export const classesIn = (labels: Uint32Array): number[] => [...new Set(labels)].sort((a, b) => a - b);

function listed(labels: Uint32Array): string {
  const all = classesIn(labels);
  return all.length > 20 ? `${all.slice(0, 20).join(", ")} and ${all.length - 20} more` : all.join(", ");
}
