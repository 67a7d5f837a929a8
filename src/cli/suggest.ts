/** The name nearest to what was typed, when it is near enough to be a slip of the fingers. */
export function suggest(typed: string, names: readonly string[]): string | undefined {
  const lower = typed.toLowerCase();
  const ranked = names.map((name) => ({ name, slips: slips(lower, name.toLowerCase()) })).toSorted((a, b) => a.slips - b.slips);
  const best = ranked[0];
  if (best && best.slips <= Math.max(1, Math.floor(typed.length / 3))) return best.name;
  // Half a word: "eval" for "evaluate". Only when it cannot mean two things.
  const begun = names.filter((name) => typed.length >= 2 && name.startsWith(lower));
  return begun.length === 1 ? begun[0] : undefined;
}

/** Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, substitutions, swaps of neighbours. */
export function slips(a: string, b: string): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const candidates = [(last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1)];
      if (swapped) candidates.push((before[j - 2] ?? 0) + 1);
      row.push(Math.min(...candidates));
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
