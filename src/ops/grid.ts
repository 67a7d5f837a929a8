/** Workgroups of the element-by-element kernels: 64 lanes, four elements each. */
export const elementwise = (elements: number): [number] => [Math.ceil(elements / 256)];

/** Workgroups of kernels with one invocation an item, 64 lanes. */
export const perItem = (items: number): [number] => [Math.ceil(items / 64)];

/**
 * How many images a chunk of a two-stage reduction over [B, C, P] takes. Depends on the shape alone, so that sums are the same at
 * every run: up to 64 chunks, up to about 4,096 invocations.
 */
export function rowsPerChunk(batch: number, channels: number): number {
  const chunks = Math.min(batch, 64, Math.max(1, Math.ceil(4096 / channels)));
  return Math.ceil(batch / chunks);
}
