/** [B, C, P] as [B, P, C] (channels last), or with B of 1 the transpose of a matrix. */
export function swapLast(values: ArrayLike<number>, B: number, C: number, P: number): Float32Array<ArrayBuffer> {
  const swapped = new Float32Array(B * C * P);
  for (let b = 0; b < B; b++)
    for (let c = 0; c < C; c++) for (let p = 0; p < P; p++) swapped[(b * P + p) * C + c] = values[(b * C + c) * P + p] ?? Number.NaN;
  return swapped;
}

/** A weight [O, I, K] as [K, I, O], the order of tfjs. */
export function weightsLast(values: ArrayLike<number>, O: number, I: number, K: number): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(O * I * K);
  for (let o = 0; o < O; o++)
    for (let i = 0; i < I; i++) for (let k = 0; k < K; k++) turned[(k * I + i) * O + o] = values[(o * I + i) * K + k] ?? Number.NaN;
  return turned;
}

/** A weight [K, I, O] as [O, I, K]. */
export function weightsFirst(values: ArrayLike<number>, O: number, I: number, K: number): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(O * I * K);
  for (let o = 0; o < O; o++)
    for (let i = 0; i < I; i++) for (let k = 0; k < K; k++) turned[(o * I + i) * K + k] = values[(k * I + i) * O + o] ?? Number.NaN;
  return turned;
}
