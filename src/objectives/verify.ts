import { FormatError } from "../errors.ts";
import type { SafetensorsFile } from "../formats/safetensors.ts";
import type { Gpu } from "../gpu/device.ts";
import { verifyCmc } from "./verify_cmc.ts";
import { verifyCpc } from "./verify_cpc.ts";
import { verifyInstDisc } from "./verify_instdisc.ts";
import { verifyInvaSpread } from "./verify_invaspread.ts";

/** What came of one reference case. One JSON line of `nearfar verify`. */
export interface CaseResult {
  /** File name without folder and extension. */
  readonly case: string;
  readonly objective: string;
  readonly passed: boolean;
  /** |got - expected| / (|expected| + 1e-8) of every expected tensor, by its name without `expected.`. */
  readonly errors: { readonly [name: string]: number };
  /** Why the case was not run. Then `passed` is false and there are no errors. */
  readonly skipped?: string;
}

/** Numbers by the name of the expected tensor, without `expected.`. */
export type Results = ReadonlyMap<string, ArrayLike<number>>;

/** Runs a case's inputs through the public objective on this adapter. */
type Verifier = (gpu: Gpu, file: SafetensorsFile, config: unknown) => Promise<Results>;

const FORMAT = "contrastive-reference-1";
const TOLERANCE = 1e-4;

const VERIFIERS: ReadonlyMap<string, Verifier> = new Map([
  ["cpc", verifyCpc],
  ["cmc", verifyCmc],
  ["instdisc", verifyInstDisc],
  ["invaspread", verifyInvaSpread],
]);

/**
 * Runs one reference case (conformance/README.md): features in, loss, gradient and bank rows out, compared with double precision.
 * An objective that has no verifier yet is skipped, with a reason.
 * @throws FormatError when the file is no such case; UsageError when its config makes no sense
 */
export async function verifyCase(gpu: Gpu, file: SafetensorsFile): Promise<CaseResult> {
  const name = file.name.replace(/^.*[\\/]/, "").replace(/\.safetensors$/, "");
  const { objective, config } = readMetadata(file);
  const verifier = VERIFIERS.get(objective);
  if (!verifier) {
    const skipped = `objective ${JSON.stringify(objective)} is not implemented yet; there are ${[...VERIFIERS.keys()].join(", ")}`;
    return { case: name, objective, passed: false, errors: {}, skipped };
  }
  const errors = compare(file, await verifier(gpu, file, config));
  const passed = Object.entries(errors).every(([tensor, error]) => error <= (tensor.startsWith("accuracy") ? 0 : TOLERANCE));
  return { case: name, objective, passed, errors };
}

function readMetadata({ name, metadata }: SafetensorsFile): { readonly objective: string; readonly config: unknown } {
  const format = metadata.get("format");
  if (format !== FORMAT) throw new FormatError(`${name}: metadata "format": expected "${FORMAT}", got ${JSON.stringify(format ?? null)}`);
  const objective = metadata.get("objective");
  if (objective === undefined) throw new FormatError(`${name}: metadata "objective" is missing`);
  try {
    return { objective, config: JSON.parse(metadata.get("config") ?? "") };
  } catch (cause) {
    throw new FormatError(`${name}: metadata "config": expected JSON`, { cause });
  }
}

/** Errors of all expected tensors. @throws FormatError when the case expects something that the objective does not give. */
function compare({ name: file, tensors }: SafetensorsFile, results: Results): CaseResult["errors"] {
  const errors: Record<string, number> = {};
  for (const [name, { data }] of tensors) {
    if (!name.startsWith("expected.")) continue;
    const short = name.slice("expected.".length);
    const got = results.get(short);
    if (!got) throw new FormatError(`${file}: ${name}: expected one of ${[...results.keys()].map((key) => `expected.${key}`).join(", ")}`);
    if (got.length !== data.length) throw new FormatError(`${file}: ${name}: expected ${got.length} elements, got ${data.length}`);
    errors[short] = relativeError(got, Array.from(data, Number));
  }
  if (Object.keys(errors).length === 0) throw new FormatError(`${file}: no tensor expected.*: nothing to compare`);
  return errors;
}

/** |got - expected| / (|expected| + 1e-8), Euclidean norms; Infinity when a number is not finite. */
export function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += ((got[i] ?? Number.NaN) - (expected[i] ?? 0)) ** 2;
    size += (expected[i] ?? 0) ** 2;
  }
  const error = Math.sqrt(difference) / (Math.sqrt(size) + 1e-8);
  return Number.isFinite(error) ? error : Number.POSITIVE_INFINITY;
}
