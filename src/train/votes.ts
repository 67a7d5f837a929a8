import type { Votes } from "./run_session.ts";

/** As a config says: one way of voting. */
export const votesOf = ({ k, temperature }: { readonly k: number; readonly temperature: number }): Votes => ({
  ks: [k],
  temperatures: [temperature],
});

/** Fewer neighbours than asked for when there are fewer training samples. */
export const within = ({ ks, temperatures }: Votes, samples: number): Votes => ({
  ks: [...new Set(ks.map((k) => Math.min(k, samples)))],
  temperatures,
});
