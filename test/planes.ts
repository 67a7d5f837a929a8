/** Sizes of [B, C, P] tensors (images, channels, pixels) and of chunks of images: ragged, single, larger than a workgroup. */
export const planeSizes: readonly PlaneSizes[] = [
  { B: 1, C: 1, P: 2, rows: 1 },
  { B: 2, C: 1, P: 1, rows: 2 },
  { B: 5, C: 3, P: 7, rows: 2 },
  { B: 7, C: 65, P: 4, rows: 3 },
  { B: 3, C: 4, P: 33, rows: 1 },
  { B: 9, C: 2, P: 130, rows: 4 },
];

export type PlaneSizes = { readonly B: number; readonly C: number; readonly P: number; readonly rows: number };

/** Places of channel c in the images from `first` on, `count` of them. */
export function places({ B, C, P }: { B: number; C: number; P: number }, c: number, first = 0, count = B): number[] {
  const found: number[] = [];
  for (let b = first; b < Math.min(B, first + count); b++) for (let q = 0; q < P; q++) found.push((b * C + c) * P + q);
  return found;
}

/** Values of a chunk and channel, of every one: [chunks, C]. */
export function perChunk(p: PlaneSizes, value: (at: number[], c: number) => number): Float64Array {
  const chunks = Math.ceil(p.B / p.rows);
  return Float64Array.from({ length: chunks * p.C }, (_, i) => value(places(p, i % p.C, Math.floor(i / p.C) * p.rows, p.rows), i % p.C));
}

export const total = (at: readonly number[], value: (i: number) => number): number => at.reduce((a, i) => a + value(i), 0);
