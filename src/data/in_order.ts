/** Files read at a time. */
const AT_A_TIME = 16;

/** Works on several items at a time, and takes the results one by one in the items' order, so that the first error is always the same. */
export async function inOrder<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  take: (item: T, result: R | Error) => void,
): Promise<void> {
  for (let from = 0; from < items.length; from += AT_A_TIME) {
    const some = items.slice(from, from + AT_A_TIME);
    const results = await Promise.allSettled(some.map(work));
    for (const [i, item] of some.entries()) {
      const result = results[i];
      if (result?.status === "fulfilled") take(item, result.value);
      else take(item, result?.reason instanceof Error ? result.reason : new Error(String(result?.reason)));
    }
  }
}
