import { UsageError } from "../../src/errors.ts";
import { CASES } from "../cases/index.ts";
import { type BenchCase, SIZE_SETS, type SizeSet, type Variant } from "../contract.ts";
import { casesLike, one } from "../entries.ts";

/** What the page measures. */
export interface BenchSettings {
  readonly cases: readonly BenchCase[];
  readonly sizes: SizeSet;
  /** For the timed rounds of a case. */
  readonly seconds: number;
  readonly variants: readonly Variant[];
}

/** What the page can compare with: the peers' wasm backends need files and headers that a plain static server does not give. */
export const PEERS = { tfjs: "tfjs-webgpu", jax: "jax-js-webgpu" } as const;
type Peer = keyof typeof PEERS;

const isPeer = (name: string): name is Peer => Object.hasOwn(PEERS, name);

/** From the page's address: `?only=nce,matmul-*&sizes=ragged&seconds=0.5&with=tfjs`. @throws UsageError on an unknown name or value */
export function benchSettings(search: string): BenchSettings {
  let settings: BenchSettings = { cases: CASES, sizes: "issue", seconds: 2, variants: ["ours", ...Object.values(PEERS)] };
  for (const [name, value] of new URLSearchParams(search)) {
    if (name === "only") settings = { ...settings, cases: value.split(",").flatMap(casesLike) };
    else if (name === "sizes") settings = { ...settings, sizes: one("sizes", value, SIZE_SETS) };
    else if (name === "seconds") settings = { ...settings, seconds: seconds(value) };
    else if (name === "with") settings = { ...settings, variants: ["ours", ...value.split(",").filter(Boolean).map(peer)] };
    else throw new UsageError(`The address has an unknown setting "${name}": expected only, sizes, seconds, with.`);
  }
  return settings;
}

function seconds(value: string): number {
  const number = Number(value);
  if (value !== "" && number >= 0 && number <= 60) return number;
  throw new UsageError(`The address sets seconds to "${value}": expected 0 to 60.`);
}

function peer(name: string): Variant {
  if (isPeer(name)) return PEERS[name];
  throw new UsageError(`The address has an unknown library "${name}" in with: expected ${Object.keys(PEERS).join(", ")}.`);
}
