import { NonFiniteError } from "../errors.ts";
import type { RunSession } from "../train/run_session.ts";

/** How far a training has come. */
export interface LearnProgress {
  readonly step: number;
  readonly steps: number;
}

/** What an experiment's training asks of whoever runs it. */
export interface LearnHost {
  readonly signal: AbortSignal;
  progress(progress: LearnProgress): void;
}

/** Steps between looks at the loss. */
const LOOK_EVERY = 10;

/**
 * Takes all steps of a session, or so many, measures nothing and writes nothing.
 * @returns the scalars of every step, by name
 * @throws NonFiniteError when a loss is not finite; the signal's reason
 */
export async function learn(
  session: RunSession,
  { signal, progress }: LearnHost,
  steps = session.steps,
): Promise<readonly { readonly [name: string]: number }[]> {
  await session.plan.open();
  await session.prepare();
  const rows: { readonly [name: string]: number }[] = [];
  for (let step = 0; step < steps; ) {
    signal.throwIfAborted();
    await session.step(step++);
    if (step - rows.length < LOOK_EVERY && step < steps) continue;
    for (const row of await session.ledger.read(rows.length, step)) {
      if (!Number.isFinite(row.loss)) throw new NonFiniteError(`the loss is not finite after step ${step}: try a lower rate`);
      rows.push(row);
    }
    progress({ step, steps });
  }
  return rows;
}
