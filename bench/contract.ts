/** Who does the work. */
export type Variant = "ours" | "tfjs-webgpu" | "jax-js-webgpu" | "tfjs-wasm" | "jax-js-wasm";
export const VARIANTS: readonly Variant[] = ["ours", "tfjs-webgpu", "jax-js-webgpu", "tfjs-wasm", "jax-js-wasm"];

/** `best`: as an expert of that library would write it. `natural`: as its documentation would. */
export type Form = "best" | "natural";

/** What a size is for: `issue`, the sizes that ratios are claimed at; `small`; the `paper`s'; `imagenet`, its 1,281,167 rows; `ragged`. */
export type SizeSet = "issue" | "small" | "paper" | "imagenet" | "ragged";
export const SIZE_SETS: readonly SizeSet[] = ["issue", "small", "paper", "imagenet", "ragged"];

/** Letters of the papers with their values: { B: 16, K: 4096, D: 128, N: 32768 }. */
export type Size = Readonly<Record<string, number>>;

export interface SizeEntry {
  readonly set: SizeSet;
  readonly size: Size;
}

/** A tensor on the host. */
export interface Input {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
}

export type Inputs = Readonly<Record<string, Input>>;

/** Results by name, in the layout that the case's reference documents. */
export type Results = Readonly<Record<string, ArrayLike<number>>>;

/** One piece of work: what goes in, what must come out, and what it costs at least. */
export interface BenchCase {
  /** As `--only` names it. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly sizes: readonly SizeEntry[];
  /** Floating-point operations that the work needs, a multiply-add being two; 0 where they say nothing. */
  flops(size: Size): number;
  /** Bytes that must be read and written at least once; 0 where they say nothing. */
  traffic(size: Size): number;
  /** The same numbers for everybody. */
  inputs(size: Size): Inputs;
  /** What must come out, in float64 and slowly. */
  reference(size: Size, inputs: Inputs): Results;
  /** Bytes of the largest buffer that a library cannot do without. */
  largest?(size: Size, variant: Variant): number;
  /** Largest |got - expected| / largest |expected| of a result. Default 1e-4. */
  readonly tolerance?: number;
  /** The lengths along which cost is plotted with --linear, around a size. */
  readonly linear?: { readonly from: Size; readonly axes: Readonly<Record<string, readonly number[]>> };
}

/** A case that was prepared by one library and waits to be run. */
export interface Running {
  /** One step. Settles when four bytes of its result have come back. */
  step(): Promise<void>;
  /** Results of the latest step. */
  results(): Promise<Results>;
  close(): void;
}

/** How one library does a case. */
export interface Contender {
  readonly variant: Variant;
  readonly form: Form;
  prepare(size: Size, inputs: Inputs): Promise<Running>;
}

/** One line of the bench's JSON: exactly these fields. `null` where a figure does not exist. */
export interface Row {
  readonly case: string;
  readonly size: Size;
  readonly variant: Variant;
  readonly form: Form;
  /** Wall time of a step with its readback, milliseconds. */
  readonly median_ms: number | null;
  readonly p90_ms: number | null;
  /** Sum over compute passes by timestamp queries, milliseconds. */
  readonly gpu_ms: number | null;
  /** Dispatches and submits of a step, the readback's submit included. */
  readonly launches: number | null;
  readonly submits: number | null;
  /** Most bytes of device buffers at a time, inputs included. */
  readonly bytes: number | null;
  readonly gflops: number | null;
  readonly gbps: number | null;
  /** Why there are no figures. */
  readonly error: string | null;
}

/** What the report shows beside a row. */
export interface Detail extends Row {
  /** Recording, compiling and the first step, milliseconds. */
  readonly first_ms: number | null;
  /** Bind groups, uniform writes and new buffers of a step. */
  readonly bind_groups: number | null;
  readonly writes: number | null;
  readonly buffers: number | null;
  /** Steps that were timed. */
  readonly rounds: number;
  /** Largest relative error of a result against the reference. */
  readonly worst: number | null;
}
