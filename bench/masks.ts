/** Of InvaSpread's 2 B samples: 1 at each one's twin, and 1 at everybody who is neither itself nor its twin. Both [2B, 2B]. */
export function spreadMasks(B: number): { readonly twin: Float32Array<ArrayBuffer>; readonly others: Float32Array<ArrayBuffer> } {
  const M = 2 * B;
  const [twin, others] = [new Float32Array(M * M), new Float32Array(M * M).fill(1)];
  for (let i = 0; i < M; i++) {
    const j = (i + B) % M;
    twin[i * M + j] = 1;
    others[i * M + j] = 0;
    others[i * M + i] = 0;
  }
  return { twin, others };
}
