import type { Tape } from "../autograd.ts";
import { InternalError, UsageError } from "../errors.ts";
import type { Plan } from "../gpu/plan.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Parameters } from "../nn/parameters.ts";
import type { Batch, Objective } from "../objectives/objective.ts";
import type { Ledger } from "../ops/ledger.ts";
import { openTape } from "../ops/tape.ts";
import type { Accumulator } from "../optim/accumulate.ts";
import type { Optimiser } from "../optim/optimiser.ts";
import type { Tensor } from "../tensor.ts";

/** What a training step is made of. */
export interface StepParts {
  readonly objective: Objective;
  readonly parameters: Parameters;
  readonly optimiser: Optimiser;
  /** u32[B / n] each: the samples of the n parts of a batch, all different. */
  readonly index: readonly Operand[];
  /** Makes the views of the samples that the objective wants. */
  readonly views: (tape: Tape, index: Operand) => readonly Tensor[];
  /** What else the objective is told of the samples of a step made of one part. */
  readonly told?: Pick<Batch, "groups" | "episodes"> | undefined;
  /** Needed for more than one part. */
  readonly accumulator?: Accumulator | undefined;
  /** Notes the mean of the parts' scalars. */
  readonly ledger?: Ledger | undefined;
}

/**
 * Records one training step, top to bottom: views, loss and gradients, part by part; then the update; then what the objective
 * remembers. So a part reads the memory (bank rows) of before the step whatever parts came before it, and n parts of B / n
 * samples give the gradients of one batch of B, but for batch norm, which sees a part. All parts are in one plan, hence one submit:
 * liveness gives them the same bytes.
 * @throws UsageError when the objective's loss would be another one in parts
 */
export function recordStep(plan: Plan, parts: StepParts): void {
  const { objective, index } = parts;
  if (index.length > 1 && objective.accumulates !== true)
    throw new UsageError(`accumulate: ${objective.name} cannot: ${objective.accumulates}`);
  const commits = index.map((own, part) => recordPart(plan, parts, own, part));
  parts.optimiser.step(plan);
  for (const commit of commits) commit(); // after the gradients of all parts: a row must not meet the step's own new features
}

/** @returns what records the part's writes to the objective's memory */
function recordPart(plan: Plan, parts: StepParts, index: Operand, part: number): () => void {
  const { objective, parameters, told, accumulator, ledger } = parts;
  const tape = openTape(plan, true);
  const views = parts.views(tape, index);
  const { loss, report, series = {}, commit } = objective.step(tape, { ...told, views, index, first: part * (index.shape[0] ?? 0) });
  const share = 1 / parts.index.length;
  tape.backward(loss, share);
  if (part === 0) parameters.collect(tape);
  else if (accumulator) accumulator.add(tape);
  else throw new InternalError("a step of several parts needs an accumulator");
  ledger?.note(tape, report, share);
  if (part === 0) for (const [name, values] of Object.entries(series)) ledger?.noteSeries(tape, name, values);
  return commit;
}
