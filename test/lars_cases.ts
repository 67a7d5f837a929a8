/** Parameters of these sizes, 64 elements' padding after each, cut into chunks of at most `most`: tables as `Lars` makes them. */
export function larsTables(sizes: readonly number[], most: number, adapted: (q: number) => boolean) {
  const [chunks, spans]: [number[], number[]] = [[], []];
  let start = 0;
  sizes.forEach((size, q) => {
    const flag = adapted(q) ? 1 : 0;
    spans.push(chunks.length / 4, Math.ceil(size / most), flag, 0);
    for (let at = 0; at < size; at += most) chunks.push(start + at, Math.min(most, size - at), q, flag);
    start += size + 64;
  });
  return { chunks, spans, N: start };
}

/** Around the lanes of a workgroup, one chunk and several, a single element. */
export const LARS_SIZES: readonly (readonly number[])[] = [
  [1],
  [63, 1],
  [64, 65],
  [200, 3, 257],
  Array.from({ length: 70 }, (_, i) => 1 + i),
];
