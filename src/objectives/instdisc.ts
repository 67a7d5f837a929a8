import type { Tape } from "../autograd.ts";
import { MemoryBank } from "../bank/memory_bank.ts";
import type { Normalizer } from "../bank/normalizer.ts";
import type { BankStart } from "../bank/start.ts";
import type { Precision } from "../bank/table.ts";
import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { type ContrastMode, contrastBank } from "../ops/contrast_bank.ts";
import { checkChoice, checkNames, checkNumber } from "../options.ts";
import type { Batch, Encode, Objective, ObjectiveStep } from "./objective.ts";

/** Below this many rows, contrasting with all of them costs less than the encoder does (methods.md 5.3), and learns best. */
const FULL_BELOW = 200_000;

export interface InstDiscOptions {
  /**
   * `full-softmax`: against every other row (default below 200,000 rows). `softmax`: against K sampled rows (default above).
   * `nce`: binary, against K sampled rows, with a normaliser Z (the paper).
   */
  readonly mode?: ContrastMode;
  /** T > 0. Default 0.1 (the papers' CIFAR-10; ImageNet: 0.07). */
  readonly temperature?: number;
  /** K > 0 sampled rows an anchor; `full-softmax` ignores it. Default 1024 (the papers: 4096). */
  readonly negatives?: number;
  /** Whether an anchor's own row may be drawn as a negative, as in the published code. Default false. */
  readonly keepPositive?: boolean;
  /** Weight lambda >= 0 of the proximal term |v - bank[y]|^2 (paper eq. 9; not in the published code). Default 0. */
  readonly proximal?: number;
  /** Share of the old row that a bank update keeps, in [0, 1). Default 0.5 (published code; the paper: 0). */
  readonly momentum?: number;
  /** Rows before their first update. Default `features`; the papers: `unit`; the published code: `uniform`. */
  readonly start?: BankStart;
  /** How Z is found (`nce` only). Default `first-batch`, as published. */
  readonly normalizer?: Normalizer;
  /** Of the bank's rows in memory: `f16` halves it, arithmetic stays f32. Default `f32`. */
  readonly precision?: Precision;
}

/** What the options do not say: the data and the model. */
export interface InstDiscSetting {
  /** Samples in the data set, N. */
  readonly rows: number;
  /** Numbers in a feature, D. */
  readonly dim: number;
  readonly encode: Encode;
  /** Of the bank's start values. Default 0. */
  readonly seed?: number;
}

const OPTIONS = ["mode", "temperature", "negatives", "keepPositive", "proximal", "momentum", "start", "normalizer", "precision"];

/**
 * Non-parametric instance discrimination (Wu, Xiong, Yu, Lin 2018, arXiv:1805.01978): every sample is its own class, and its
 * class weight is its last feature, kept in a memory bank.
 */
export class InstDisc implements Objective {
  readonly name = "instdisc";
  readonly views = 1;
  /** Every sample meets the bank alone, and all parts of a step read the rows of before it. Z of `nce`, unless given, is estimated from parts. */
  readonly accumulates = true;
  readonly bank: MemoryBank;
  readonly chance?: number;
  readonly prepare?: Objective["prepare"];
  readonly #encode: Encode;
  readonly #options: {
    readonly mode: ContrastMode;
    readonly temperature: number;
    readonly proximal: number;
    readonly negatives: { readonly count: number; readonly keepPositive: boolean };
  };

  /** @throws UsageError on an option that is unknown or out of range; and, when a step is recorded, OutOfGpuMemoryError where the adapter does not reach the bank */
  constructor(gpu: Gpu, { rows, dim, encode, seed = 0 }: InstDiscSetting, options: InstDiscOptions = {}) {
    checkOptions(options);
    const { temperature = 0.1, negatives = 1024, keepPositive = false, proximal = 0 } = options;
    const { mode = rows < FULL_BELOW ? "full-softmax" : "softmax", momentum = 0.5, start = "features", normalizer, precision } = options;
    if (rows < 2) throw new UsageError(`instdisc: expected at least two samples, got ${rows}: one has no other to be told from`);
    this.#encode = encode;
    this.#options = { mode, temperature, proximal, negatives: { count: negatives, keepPositive } };
    this.bank = new MemoryBank(gpu, {
      rows,
      dim,
      momentum,
      start,
      seed,
      ...(normalizer && { normalizer }),
      ...(precision && { precision }),
    });
    if (mode !== "nce") this.chance = Math.log(mode === "softmax" ? negatives + 1 : rows);
    if (start === "features") this.prepare = (tape, batch) => this.#fill(tape, batch);
  }

  step(tape: Tape, { views, index, negatives, first = 0 }: Batch): ObjectiveStep {
    const features = this.#encode(tape, only(views)); // f32[B, D]
    const options = { ...this.#options, negatives: negatives ? { rows: negatives } : { ...this.#options.negatives, first } };
    const nce = options.mode === "nce";
    if (nce) this.bank.estimate(tape, { features, index, ...options });
    const { loss, contrast, proximal, terms } = contrastBank(tape, features, this.bank, index, options);
    const commit = () => {
      if (nce) this.bank.track(tape, terms, 1 + ("rows" in options.negatives ? (negatives?.shape[1] ?? 0) : options.negatives.count));
      this.bank.update(tape, index, features); // after the gradients: a row must not meet its own new self
    };
    return { loss, report: { loss, contrast, proximal }, features: [features], commit };
  }

  #fill(tape: Tape, { views, index }: Batch): void {
    this.bank.fill(tape, index, this.#encode(tape, only(views)));
  }

  state() {
    return this.bank.state();
  }

  destroy(): void {
    this.bank.destroy();
  }
}

function only<T>(views: readonly T[]): T {
  const [view] = views;
  if (view === undefined || views.length !== 1) throw new UsageError(`instdisc: expected one view of each sample, got ${views.length}`);
  return view;
}

function checkOptions(options: InstDiscOptions): void {
  checkNames("instdisc", options, OPTIONS);
  const { mode, temperature, negatives, proximal, keepPositive } = options;
  if (mode !== undefined) checkChoice("instdisc: mode", mode, ["nce", "softmax", "full-softmax"]);
  if (temperature !== undefined) checkNumber("instdisc: temperature", temperature, { min: 0, above: true });
  if (negatives !== undefined) checkNumber("instdisc: negatives", negatives, { min: 1, integer: true });
  if (proximal !== undefined) checkNumber("instdisc: proximal", proximal, { min: 0 });
  if (keepPositive !== undefined && typeof keepPositive !== "boolean")
    throw new UsageError(`instdisc: keepPositive: expected true or false, got ${JSON.stringify(keepPositive)}`);
}
