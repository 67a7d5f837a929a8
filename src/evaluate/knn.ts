import { type Exclude, type Extension, type Neighbours, Search } from "../bank/nearest.ts";
import { type Lists, type Rows, rowShape, transient } from "../bank/rows.ts";
import { ShapeError, UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { knnVote } from "../gpu/kernels.gen.ts";
import type { Plan } from "../gpu/plan.ts";
import type { Operand } from "../gpu/slot.ts";
import { Store } from "../gpu/store.ts";

export interface KnnOptions {
  /** [Q, D]. */
  readonly queries: Rows;
  /** [N, D]: recomputed features, or the rows of a bank. */
  readonly candidates: Rows;
  /** Class of each candidate, 0 and up. */
  readonly candidateLabels: ArrayLike<number>;
  /** Class of each query; without it there are predictions but no accuracy (NaN). */
  readonly queryLabels?: ArrayLike<number> | undefined;
  /** Numbers of neighbours, 1 to 200 each. Default: [20]. */
  readonly ks?: readonly number[] | undefined;
  /** Temperatures T > 0 of the weights exp(cosine / T). Default: [0.1]. */
  readonly temperatures?: readonly number[] | undefined;
  /** "self" when the candidates are the queries themselves. */
  readonly exclude?: Exclude | undefined;
}

export interface KnnScore {
  readonly k: number;
  readonly temperature: number;
  /** Share of queries whose class is predicted, 0 to 1. */
  readonly accuracy: number;
  /** Share of queries whose class is among the five with the highest scores; 1 with up to five classes, all of them known. */
  readonly top5: number;
  /** [Q] predicted classes. */
  readonly predictions: Uint32Array;
}

export interface KnnResult {
  /** One for each k and temperature, k by k. */
  readonly scores: readonly KnnScore[];
  readonly neighbours: Neighbours;
}

/**
 * Weighted kNN (Wu et al. 2018, InstDisc, section 3.4): score_c = sum over the k nearest of exp(cosine / T) [label = c]. One sweep
 * over the candidates serves every k and T. Equal cosines: lower index first; equal scores: lower class first.
 * @throws UsageError for k outside 1 to min(200, N), T <= 0 or labels that are not classes; ShapeError for sizes that do not match.
 */
export async function knn(gpu: Gpu, options: KnnOptions): Promise<KnnResult> {
  const { ks = [20], temperatures = [0.1] } = options;
  const [Q] = rowShape(options.queries, "queries");
  const [N] = rowShape(options.candidates, "candidates");
  const settings = grid(ks, temperatures);
  const labels = classes(options.candidateLabels, N, "candidateLabels");
  const truth = options.queryLabels ? classes(options.queryLabels, Q, "queryLabels") : new Uint32Array(Q).fill(UNKNOWN);
  const votes = new Votes(gpu, settings, labels, truth);
  const search = await Search.open(gpu, options.queries, options.candidates, Math.max(...ks), options.exclude, votes);
  try {
    const neighbours = await search.run();
    const scores = settings.map((setting, g) => votes.score(setting, g, options.queryLabels !== undefined));
    return { scores, neighbours };
  } finally {
    search.close();
    votes.close();
  }
}

const UNKNOWN = 0xffffffff;

interface Setting {
  readonly k: number;
  readonly temperature: number;
}

function grid(ks: readonly number[], temperatures: readonly number[]): Setting[] {
  if (ks.length === 0 || temperatures.length === 0) throw new UsageError("kNN needs at least one k and one temperature");
  for (const k of ks) if (!Number.isInteger(k) || k < 1) throw new UsageError(`k must be an integer of at least 1, got ${k}`);
  for (const t of temperatures) if (!(t > 1e-4 && Number.isFinite(t))) throw new UsageError(`temperature must be above 1e-4, got ${t}`);
  return ks.flatMap((k) => temperatures.map((temperature) => ({ k, temperature })));
}

function classes(labels: ArrayLike<number>, count: number, what: string): Uint32Array {
  if (labels.length !== count) throw new ShapeError(`${what}: expected ${count} labels, got ${labels.length}`);
  const bad = Array.prototype.findIndex.call(labels, (c: number) => !Number.isInteger(c) || c < 0 || c >= MAX_CLASSES);
  if (bad >= 0) throw new UsageError(`${what}[${bad}] is ${labels[bad]}; classes are integers from 0 to ${MAX_CLASSES - 1}`);
  return Uint32Array.from(labels);
}

/** Scores take 4 bytes a query, setting and class. */
const MAX_CLASSES = 65536;

/** The vote, appended to the search. */
class Votes implements Extension {
  readonly #store: Store;
  readonly #labels: Operand;
  readonly #settings: Operand;
  readonly #winners: Uint32Array;
  readonly #places: Uint32Array;
  readonly #classes: number;
  #truth: Operand | undefined;
  #winner: Operand | undefined;
  #place: Operand | undefined;

  constructor(
    gpu: Gpu,
    settings: readonly Setting[],
    labels: Uint32Array,
    private readonly truth: Uint32Array,
  ) {
    this.#store = new Store(gpu, "labels", "data");
    this.#labels = { slot: this.#store.add("labels", labels.byteLength), shape: [labels.length], dtype: "u32" };
    this.#settings = { slot: this.#store.add("settings", 8 * settings.length), shape: [settings.length, 2], dtype: "f32" };
    this.#store.write(this.#labels.slot, labels);
    this.#store.write(this.#settings.slot, Float32Array.from(settings.flatMap(({ k, temperature }) => [k, 1 / temperature])));
    this.#classes = labels.reduce((most, label) => Math.max(most, label), 0) + 1;
    this.#winners = new Uint32Array(truth.length * settings.length);
    this.#places = new Uint32Array(truth.length * settings.length);
  }

  append(plan: Plan, { best, index }: Lists): void {
    const [Q = 0, ...rest] = best.shape;
    const [N = 0, G = 0, K = rest.at(-1) ?? 0, C = this.#classes] = [this.#labels.shape[0], this.#settings.shape[0]];
    this.#truth = plan.input("truth", [Q], "u32");
    this.#winner = plan.keep(transient(plan, "winner", [Q, G], "u32"));
    this.#place = plan.keep(transient(plan, "place", [Q, G], "u32"));
    const scores = transient(plan, "scores", [Q, G, C], "f32");
    const operands = { best, index, labels: this.#labels, truth: this.#truth, settings: this.#settings, scores };
    const outputs = { winner: this.#winner, place: this.#place };
    plan.launch(knnVote, { ...operands, ...outputs }, { Q, K, N, G, C }, [Math.ceil(Q / 64), G], { flops: Q * G * (10 * K + 4 * C) });
  }

  inputs(from: number, to: number): readonly (readonly [Operand, Uint32Array])[] {
    if (!this.#truth) return [];
    const truth = new Uint32Array(this.#truth.shape[0] ?? 0).fill(UNKNOWN);
    truth.set(this.truth.subarray(from, to));
    return [[this.#truth, truth]];
  }

  async read(plan: Plan, from: number, to: number): Promise<void> {
    if (!this.#winner || !this.#place) return;
    const [, G = 0] = this.#winner.shape;
    const winner = (await plan.read(this.#winner)) as Uint32Array;
    const place = (await plan.read(this.#place)) as Uint32Array;
    this.#winners.set(winner.subarray(0, (to - from) * G), from * G);
    this.#places.set(place.subarray(0, (to - from) * G), from * G);
  }

  score({ k, temperature }: Setting, g: number, known: boolean): KnnScore {
    const G = this.#settings.shape[0] ?? 0;
    const column = (of: Uint32Array): Uint32Array => this.truth.map((_, q) => of[q * G + g] ?? 0);
    const predictions = column(this.#winners);
    const places = column(this.#places);
    const hits = places.filter((p) => p === 0).length;
    const near = places.filter((p, q) => p < 5 && (this.truth[q] ?? UNKNOWN) < this.#classes).length;
    const share = (count: number): number => (known ? count / places.length : Number.NaN);
    return { k, temperature, accuracy: share(hits), top5: share(near), predictions };
  }

  close(): void {
    this.#store.destroy();
  }
}
