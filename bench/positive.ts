import type { Input, Inputs } from "./contract.ts";

/** Row numbers [B, K+1]: each anchor's positive, then its negatives. For libraries that gather all of them at once. */
export function withPositive({ index, negatives }: Inputs): Input {
  if (!index || !negatives) throw new Error("the case has no negatives");
  const [B = 0, K = 0] = negatives.shape;
  const data = new Uint32Array(B * (K + 1));
  for (let b = 0; b < B; b++) {
    data[b * (K + 1)] = index.data[b] ?? 0;
    data.set(negatives.data.subarray(b * K, (b + 1) * K), b * (K + 1) + 1);
  }
  return { shape: [B, K + 1], data };
}
