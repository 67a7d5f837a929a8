import type { Detail, Form, Size, Variant } from "../contract.ts";

/** What a host is asked to do: one case at one size, or the limits of the adapter. */
export type BenchJob =
  | {
      readonly kind: "case";
      readonly case: string;
      readonly size: Size;
      readonly seconds: number;
      readonly variants: readonly Variant[];
      readonly forms: readonly Form[];
    }
  | { readonly kind: "roof" };

/** How fast an adapter can compute and copy at all. */
export interface Roof {
  /** Of multiply-adds, two operations each, by the best unrolled loop. */
  readonly gflops: number;
  /** Read and written, by the best copy of vec4. */
  readonly gbps: number;
}

/** Who computed. */
export interface Machine {
  /** One line: "SwiftShader Device (Subzero) (google, software)". */
  readonly adapter: string;
  /** Runs on the CPU: its figures say nothing about a GPU. */
  readonly software: boolean;
  /** Largest buffer, bytes. */
  readonly largest: number;
}

export interface BenchAnswer {
  readonly machine: Machine;
  readonly rows: readonly Detail[];
  readonly roof: Roof | null;
}

/** Where jobs run. Each gets devices of its own, so that no case sees another's pools and caches. */
export interface BenchHost {
  /** "Chrome/147.0..." or "Node 20..., Dawn 0.6.2". */
  readonly browser: string;
  /** @throws whatever breaks outside of a single contender */
  run(job: BenchJob): Promise<BenchAnswer>;
  close(): Promise<void>;
}
