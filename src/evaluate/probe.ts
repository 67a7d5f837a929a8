import { type HostRows, rowShape } from "../bank/rows.ts";
import { gather } from "../data/dataset.ts";
import { NonFiniteError, ShapeError, UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { checkChoice, checkNames, checkNumber } from "../options.ts";
import { type FitOptions, type HeadSetting, Heads } from "./heads.ts";
import { stratifiedSplit } from "./split.ts";
import { checkFinite, type Standard, type Standardise, standardised, standardOf } from "./standardise.ts";

/** Frozen features [N, D], of any origin: one encoder's, several views' side by side, pixels, sounds. And the class of each row. */
export interface LabelledRows {
  readonly rows: HostRows;
  /** [N], from 0. */
  readonly labels: ArrayLike<number>;
}

export interface ProbeOptions {
  /** Learning rates to try. Default 0.01, 0.03, 0.1, 0.3, 1, 3. */
  readonly rates?: readonly number[] | undefined;
  /** Weight decays to try, with every rate. Default 0 alone, as the published probes. */
  readonly decays?: readonly number[] | undefined;
  /** Default 60. */
  readonly epochs?: number | undefined;
  /** Default 256. */
  readonly batch?: number | undefined;
  /** Default 0.9. */
  readonly momentum?: number | undefined;
  /** Default cosine; see `FitOptions`. */
  readonly schedule?: "cosine" | "step" | undefined;
  /**
   * Default `common`. Features of length 1 have entries of about 1 / sqrt(D): unscaled, they need rates of 30 and more (methods.md, trap
   * 40), and another rate for every D. One common scale makes one grid of rates serve them all and leaves the geometry as it was.
   */
  readonly standardise?: Standardise | undefined;
  /** Share of the training rows that is held out to choose rate and decay. Default 0.1. */
  readonly heldOut?: number | undefined;
  /** Of start weights, order of rows and held-out rows. Default 1. */
  readonly seed?: number | undefined;
}

/** One setting of the grid, measured on held-out training rows. */
export interface ProbeTrial extends HeadSetting {
  readonly top1: number;
  /** Mean cross-entropy in nats; infinite when training diverged. */
  readonly loss: number;
}

export interface ProbeResult {
  /** Share of test rows whose class has the largest logit, 0 to 1. Equal logits: the lower class first. */
  readonly top1: number;
  /** Share of test rows whose class is among the five largest; with up to five classes, of those whose class was in training. */
  readonly top5: number;
  /** Top-1 within each class; null where no test row has it. */
  readonly perClass: readonly (number | null)[];
  /** The setting that did best on the held-out rows: higher top-1, then lower loss, then the earlier one. */
  readonly chosen: HeadSetting;
  /** Every setting; empty when there was nothing to choose. */
  readonly trials: readonly ProbeTrial[];
  /** [Q] predicted classes. */
  readonly predictions: Uint32Array;
  /** [C, D] and [C], for features as they were given: the standardisation is folded in. */
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/**
 * Linear probe: multinomial logistic regression on frozen features by SGD with momentum, on the GPU. All rates and decays are trained
 * together on a part of the training rows, chosen by the rest, class by class (`stratifiedSplit`); the best one is trained again on all of
 * them. Test rows are looked at once, at the end. Repeatable by seed.
 * @throws UsageError for fewer than two classes or options out of range; ShapeError for sizes that do not match; NonFiniteError for
 * features that are not finite, or when every setting diverges
 */
export async function probe(gpu: Gpu, train: LabelledRows, test: LabelledRows, options: ProbeOptions = {}): Promise<ProbeResult> {
  const settings = settingsOf(options);
  const labels = classesOf(train, "training rows");
  const truth = classesOf(test, "test rows");
  const [, D] = train.rows.shape;
  if (test.rows.shape[1] !== D) throw new ShapeError(`probe: training rows have ${D} columns, test rows ${test.rows.shape[1]}`);
  const classes = labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  if (new Set(labels).size < 2) throw new UsageError("probe: expected training rows of at least two classes, found one");
  checkFinite(test.rows, "test rows");
  const standard = standardOf(train.rows, options.standardise ?? "common");
  const whole: Labelled = { rows: standardised(train.rows, standard), labels };
  const trials = settings.length > 1 ? await tried(gpu, whole, classes, settings, options) : [];
  const chosen = best(trials) ?? settings[0];
  if (!chosen) throw new UsageError("probe: expected at least one rate and one decay");
  const heads = new Heads(gpu, D, classes, [chosen], options.seed ?? 1);
  try {
    await heads.fit(whole.rows, labels, fitOptions(options));
    const { weight, bias } = unstandardised(await heads.read(), standard);
    if (!weight.every(Number.isFinite))
      throw new NonFiniteError(`probe: training diverged at rate ${chosen.rate}: give lower rates (now ${[...(options.rates ?? RATES)]})`);
    const [score] = await scored(heads, { rows: standardised(test.rows, standard), labels: truth });
    if (!score) throw new ShapeError("probe: no scores");
    const { loss: _, ...figures } = score;
    return { ...figures, chosen, trials, weight, bias };
  } finally {
    heads.close();
  }
}

const RATES: readonly number[] = [0.01, 0.03, 0.1, 0.3, 1, 3];

interface Labelled {
  readonly rows: HostRows;
  readonly labels: Uint32Array;
}

function settingsOf(options: ProbeOptions): HeadSetting[] {
  const { rates = RATES, decays = [0], epochs = 60, batch = 256, momentum = 0.9, heldOut = 0.1, seed = 1 } = options;
  const names = ["rates", "decays", "epochs", "batch", "momentum", "schedule", "standardise", "heldOut", "seed"];
  checkNames("probe", options, names);
  for (const rate of rates) checkNumber("probe: rates", rate, { min: 0, above: true });
  for (const decay of decays) checkNumber("probe: decays", decay, { min: 0 });
  checkNumber("probe: epochs", epochs, { min: 1, integer: true });
  checkNumber("probe: batch", batch, { min: 1, integer: true });
  checkNumber("probe: momentum", momentum, { min: 0, max: 1 });
  checkChoice("probe: schedule", options.schedule ?? "cosine", ["cosine", "step"]);
  checkChoice("probe: standardise", options.standardise ?? "common", ["common", "each", "none"]);
  checkNumber("probe: heldOut", heldOut, { min: 0, above: true, max: 0.9 });
  checkNumber("probe: seed", seed, { min: 0, max: 2 ** 32 - 1, integer: true });
  if (rates.length === 0 || decays.length === 0) throw new UsageError("probe: expected at least one rate and one decay");
  return decays.flatMap((decay) => rates.map((rate) => ({ rate, decay })));
}

const fitOptions = ({ epochs = 60, batch = 256, momentum = 0.9, schedule = "cosine", seed = 1 }: ProbeOptions): FitOptions => ({
  epochs,
  batch,
  momentum,
  schedule,
  seed,
});

/** Logits take 4 bytes a row, setting and class. */
const MAX_CLASSES = 65536;

function classesOf({ rows, labels }: LabelledRows, what: string): Uint32Array {
  const [n] = rowShape(rows, what);
  if (labels.length !== n) throw new ShapeError(`probe: expected ${n} labels for ${what}, got ${labels.length}`);
  const bad = Array.prototype.findIndex.call(labels, (c: number) => !Number.isInteger(c) || c < 0 || c >= MAX_CLASSES);
  if (bad >= 0)
    throw new UsageError(`probe: label ${bad} of ${what}: expected an integer from 0 to ${MAX_CLASSES - 1}, got ${labels[bad]}`);
  return Uint32Array.from(labels);
}

async function tried(
  gpu: Gpu,
  whole: Labelled,
  classes: number,
  settings: readonly HeadSetting[],
  options: ProbeOptions,
): Promise<ProbeTrial[]> {
  const { kept, heldOut } = stratifiedSplit(whole.labels, options.heldOut ?? 0.1, options.seed ?? 1);
  const part = partOf(whole, kept);
  const heads = new Heads(gpu, whole.rows.shape[1], classes, settings, options.seed ?? 1);
  try {
    await heads.fit(part.rows, part.labels, fitOptions(options));
    const scores = await scored(heads, partOf(whole, heldOut));
    return settings.map((setting, h) => ({ ...setting, top1: scores[h]?.top1 ?? 0, loss: scores[h]?.loss ?? Number.POSITIVE_INFINITY }));
  } finally {
    heads.close();
  }
}

function partOf({ rows: { data, shape }, labels }: Labelled, indices: Uint32Array): Labelled {
  return { rows: { data: gather(data, shape[1], indices), shape: [indices.length, shape[1]] }, labels: gather(labels, 1, indices) };
}

function best(trials: readonly ProbeTrial[]): HeadSetting | undefined {
  const [first, ...rest] = trials;
  if (!first) return undefined;
  const { rate, decay } = rest.reduce((a, b) => (b.top1 > a.top1 || (b.top1 === a.top1 && b.loss < a.loss) ? b : a), first);
  return { rate, decay };
}

interface Score extends Pick<ProbeResult, "top1" | "top5" | "perClass" | "predictions"> {
  readonly loss: number;
}

/** What each head makes of labelled rows. */
async function scored(heads: Heads, { rows, labels }: Labelled): Promise<Score[]> {
  const { classes: C, settings } = heads;
  const H = settings.length;
  const tallies = settings.map(() => new Tally(labels, C));
  await heads.logits(rows, (logits, from) => {
    for (let at = 0; at * C < logits.length; at++) {
      tallies[at % H]?.add(from + Math.floor(at / H), logits.subarray(at * C, (at + 1) * C));
    }
  });
  return tallies.map((tally) => tally.score());
}

/** Counts over the rows of one head. */
class Tally {
  readonly #predictions: Uint32Array;
  readonly #hits: Uint32Array;
  readonly #counts: Uint32Array;
  #near = 0;
  #loss = 0;

  constructor(
    private readonly labels: Uint32Array,
    private readonly classes: number,
  ) {
    const most = labels.reduce((top, label) => Math.max(top, label + 1), classes);
    this.#predictions = new Uint32Array(labels.length);
    this.#hits = new Uint32Array(most);
    this.#counts = new Uint32Array(most);
  }

  /** A class that training never saw, and logits that are not finite, are misses. */
  add(row: number, logits: Float32Array): void {
    const label = this.labels[row] ?? 0;
    const own = logits[label] ?? Number.NaN;
    const top = logits.reduce((largest, v) => Math.max(largest, v), Number.NEGATIVE_INFINITY);
    this.#predictions[row] = Math.max(0, logits.indexOf(top));
    this.#counts[label] = (this.#counts[label] ?? 0) + 1;
    const known = label < this.classes && logits.every(Number.isFinite);
    const place = known ? logits.reduce((above, v, c) => above + (v > own || (v === own && c < label) ? 1 : 0), 0) : this.classes;
    if (place === 0) this.#hits[label] = (this.#hits[label] ?? 0) + 1;
    if (known && place < 5) this.#near++;
    this.#loss += known ? Math.log(logits.reduce((sum, v) => sum + Math.exp(v - top), 0)) + top - own : Number.POSITIVE_INFINITY;
  }

  score(): Score {
    const rows = this.labels.length;
    const perClass = Array.from(this.#counts, (count, c) => (count > 0 ? (this.#hits[c] ?? 0) / count : null));
    const hits = this.#hits.reduce((sum, n) => sum + n, 0);
    return { top1: hits / rows, top5: this.#near / rows, perClass, predictions: this.#predictions, loss: this.#loss / rows };
  }
}

/** w gain (x - mean) + b as weights of x itself. */
function unstandardised({ weight, bias }: { weight: Float32Array; bias: Float32Array }, { mean, gain }: Standard) {
  const D = mean.length;
  const whole = weight.map((w, i) => w * (gain[i % D] ?? 0));
  const shifted = bias.map((b, c) => b - mean.reduce((sum, m, d) => sum + m * weightAt(weight, c * D + d) * (gain[d] ?? 0), 0));
  return { weight: whole, bias: shifted };
}

const weightAt = (weight: Float32Array, i: number): number => weight[i] ?? 0;
