import type { Tape } from "../autograd.ts";
import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import { Store } from "../gpu/store.ts";
import type { BankView } from "../ops/contrast_parts.ts";
import { checkChoice, checkNames, checkNumber } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import type { Neighbours } from "./nearest.ts";
import { estimateNormalizer, type Normalizer, type Scores, trackNormalizer } from "./normalizer.ts";
import type { Rows } from "./rows.ts";
import { type BankStart, startRows } from "./start.ts";
import { PRECISIONS, type Precision, Table } from "./table.ts";

export interface MemoryBankOptions {
  /** N: one row a sample; a sample's row is its identity in the data set. */
  readonly rows: number;
  /** D, a multiple of 4. */
  readonly dim: number;
  /** Share of the old row that an update keeps, in [0, 1). Default 0.5, as published; the paper's plain replacement is 0. */
  readonly momentum?: number;
  /**
   * Rows before their first update: `unit`, random unit rows (the paper); `uniform`, numbers within ±sqrt(3/D) (the published code);
   * `features` (default), the encoder's own features, which one pass over the data writes with `fill`; unit rows until then.
   */
  readonly start?: BankStart;
  /** Default: `first-batch`. Only NCE uses it. */
  readonly normalizer?: Normalizer;
  /** Of the start values. Default 0. */
  readonly seed?: number;
  /**
   * Of the rows in memory; arithmetic is f32. `f16` halves the memory, for any D. An update rounds to the nearest, so that a row stops where
   * (1 - momentum) |v - row| is under 2^-12 of an entry: keep banks of a momentum near 1 in f32 (default).
   */
  readonly precision?: Precision;
}

/**
 * One remembered feature per sample, [N, D] on the device (Wu et al. 2018, arXiv:1805.01978, section 3.2), with the NCE normaliser
 * that belongs to it. Rows that one binding does not reach are sharded over several. Plain memory: scoring reads it, `update` writes it after the gradients, and nothing of it is on the tape.
 */
export class MemoryBank implements BankView {
  /** [N, D], in `precision`, sharded where one binding does not reach all of it. */
  readonly table: Operand;
  /** f32[2]: ln Z, and 1 once it is known. */
  readonly logZ: Operand;
  readonly momentum: number;
  readonly start: BankStart;
  readonly normalizer: Normalizer;
  readonly #rows: Table;
  readonly #store: Store;

  /** @throws UsageError on an option out of range */
  constructor(gpu: Gpu, options: MemoryBankOptions) {
    checkBankOptions(options);
    const { rows, dim, momentum = 0.5, start = "features", normalizer = { kind: "first-batch" }, seed = 0 } = options;
    this.momentum = momentum;
    this.start = start;
    this.normalizer = normalizer;
    this.#rows = new Table(gpu, "memory bank", "bank", [rows, dim], options.precision);
    this.table = this.#rows.operand;
    this.#rows.writeLater((first, count) => startRows(first, count, dim, start, seed));
    this.#store = new Store(gpu, "normaliser", "bank");
    this.logZ = { slot: this.#store.add("ln Z", 8), shape: [2], dtype: "f32" };
    if (normalizer.kind === "given") this.#store.write(this.logZ.slot, Float32Array.of(Math.log(normalizer.value), 1));
  }

  /** N */
  get size(): number {
    return this.table.shape[0] ?? 0;
  }

  /** D */
  get dim(): number {
    return this.table.shape[1] ?? 0;
  }

  /**
   * Appends bank[y] = normalise(momentum * bank[y] + (1 - momentum) * v), in place. Record it after everything that scores against the
   * old rows, gradients included. Row numbers must be distinct: two writers of one row race.
   * @param index u32[B]   @param features f32[B, D]
   */
  update(tape: Tape, index: Operand, features: Tensor): void {
    this.#write(tape, index, features, this.momentum);
  }

  /** Appends bank[y] = normalise(v): the pass over the data that `start: "features"` wants before the first step. */
  fill(tape: Tape, index: Operand, features: Tensor): void {
    this.#write(tape, index, features, 0);
  }

  #write(tape: Tape, index: Operand, features: Tensor, momentum: number): void {
    const [B = 0, D = 0] = features.shape;
    tape.launch(kernels.bankUpdate, { features, index, bank: this.table }, { B, N: this.size, D, momentum }, [B], { flops: 6 * B * D });
  }

  /** Appends what makes Z known before scoring. NCE only. */
  estimate(tape: Tape, scores: Scores): void {
    estimateNormalizer(tape, this, this.normalizer, scores);
  }

  /** Appends what Z learns from this step's scores. NCE only; see `trackNormalizer`. */
  track(tape: Tape, terms: Tensor, candidates: number): void {
    trackNormalizer(tape, this, this.normalizer, terms, candidates);
  }

  /** Row numbers of a batch as the kernels need them. For debugging: the loader promises it. @throws UsageError */
  check(index: ArrayLike<number>): void {
    const seen = new Set<number>();
    for (const y of Array.from(index)) {
      if (!Number.isInteger(y) || y < 0 || y >= this.size) throw new UsageError(`memory bank: row ${y}: expected 0 to ${this.size - 1}`);
      if (seen.has(y)) throw new UsageError(`memory bank: row ${y} twice in a batch: each sample may occur once`);
      seen.add(y);
    }
  }

  /** All rows, f32[N, D]. Waits for the steps submitted so far. */
  async rows(): Promise<Float32Array> {
    return this.#rows.read();
  }

  /** The k rows nearest to each query, by cosine; `queries` [Q, D]. Waits for the steps submitted so far. @throws as `nearest` */
  async nearest(queries: Rows, k: number): Promise<Neighbours> {
    const { nearest } = await import("./nearest.ts"); // no step searches: not part of the first download
    this.#rows.allocate();
    return nearest(this.#rows.gpu, queries, this.table, k);
  }

  /** Z, or undefined before the first estimate. Waits for the steps submitted so far. */
  async z(): Promise<number | undefined> {
    const [logZ = 0, known] = await this.#store.read(this.logZ.slot, "f32");
    return known === 1 ? Math.exp(logZ) : undefined;
  }

  /** Replaces all rows. @param rows f32[N, D]   @throws ShapeError; UsageError where a number is beyond the precision */
  write(rows: Float32Array): void {
    this.#rows.write(rows);
  }

  /** Everything a checkpoint must hold for the bank to go on as if nothing had happened. */
  state(): { readonly [name: string]: Operand } {
    return { "bank.rows": this.table, "bank.normalizer": this.logZ };
  }

  /** Bytes of rows and normaliser. */
  get bytes(): number {
    return this.#rows.bytes + this.logZ.slot.bytes;
  }

  destroy(): void {
    this.#rows.destroy();
    this.#store.destroy();
  }
}

/** @throws UsageError on an option that is unknown or out of range */
export function checkBankOptions(options: MemoryBankOptions): void {
  checkNames("memory bank", options, ["rows", "dim", "momentum", "start", "normalizer", "seed", "precision"]);
  checkNumber("memory bank: rows", options.rows, { min: 1, integer: true });
  checkNumber("memory bank: dim", options.dim, { min: 4, integer: true });
  if (options.dim % 4 !== 0) throw new UsageError(`memory bank: dim: expected a multiple of 4, got ${options.dim}. Pad the projection.`);
  const { momentum = 0.5, start = "features", seed = 0, normalizer = { kind: "first-batch" } } = options;
  checkNumber("memory bank: momentum", momentum, { min: 0, max: 1 });
  if (momentum === 1) throw new UsageError("memory bank: momentum: expected less than 1: rows would never move");
  checkChoice("memory bank: start", start, ["features", "unit", "uniform"]);
  if (options.precision !== undefined) checkChoice("memory bank: precision", options.precision, PRECISIONS);
  checkNumber("memory bank: seed", seed, { min: 0, integer: true });
  checkNormalizer(normalizer);
}

function checkNormalizer(normalizer: Normalizer): void {
  checkChoice("normalizer: kind", normalizer.kind, ["first-batch", "average", "exact", "given"]);
  if (normalizer.kind === "given") checkNumber("normalizer: value", normalizer.value, { min: 0, above: true });
  if (normalizer.kind === "exact") checkNumber("normalizer: every", normalizer.every ?? 100, { min: 1, integer: true });
  if (normalizer.kind !== "average") return;
  checkNumber("normalizer: rate", normalizer.rate ?? 0.01, { min: 0, max: 1, above: true });
  if (normalizer.rate === 1) throw new UsageError("normalizer: rate: expected less than 1");
}
