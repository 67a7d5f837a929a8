// biome-ignore-all lint/style/noNonNullAssertion: replaced when branch sound is merged
import type { HostRows } from "../bank/rows.ts";
import type { SoundDataset } from "../data/sound.ts";
// TEMPORARY until branch sound is merged
export async function logMelRows(data: SoundDataset): Promise<HostRows> {
  const N = data.lengths.length,
    bands = 40,
    n = Math.round(data.rate * 0.025),
    hop = Math.round(data.rate * 0.01),
    F = 256;
  const mel = (f: number) => 2595 * Math.log10(1 + f / 700),
    inv = (m: number) => 700 * (10 ** (m / 2595) - 1);
  const top = mel(data.rate / 2);
  const edges = Array.from({ length: bands + 2 }, (_, i) => (inv((top * i) / (bands + 1)) * F) / data.rate);
  const w = Array.from({ length: bands }, (_, b) =>
    Array.from({ length: F / 2 + 1 }, (_, k) =>
      Math.max(0, Math.min((k - edges[b]!) / (edges[b + 1]! - edges[b]!), (edges[b + 2]! - k) / (edges[b + 2]! - edges[b + 1]!))),
    ),
  );
  const cos = Float64Array.from({ length: F }, (_, i) => Math.cos((2 * Math.PI * i) / F)),
    sin = Float64Array.from({ length: F }, (_, i) => Math.sin((2 * Math.PI * i) / F));
  const out = new Float32Array(N * bands);
  for (let c = 0; c < N; c++) {
    const L = data.lengths[c]!;
    const x = await data.read(c, 0, L);
    const p = Math.sqrt(x.reduce((s, v) => s + v * v, 0) / L) || 1;
    let frames = 0;
    const row = new Float64Array(bands);
    const step = Math.max(hop, Math.floor(L / 100));
    for (let t = 0; t + n <= L; t += step) {
      frames++;
      const pw = new Float64Array(F / 2 + 1);
      for (let k = 0; k <= F / 2; k++) {
        let re = 0,
          im = 0;
        for (let i = 0; i < n; i++) {
          const v = (x[t + i]! / p) * (0.54 - 0.46 * Math.cos((2 * Math.PI * i) / (n - 1)));
          re += v * cos[(i * k) % F]!;
          im += v * sin[(i * k) % F]!;
        }
        pw[k] = re * re + im * im;
      }
      for (let b = 0; b < bands; b++) row[b]! += Math.log(1e-6 + w[b]!.reduce((s, v, k) => s + v * pw[k]!, 0));
    }
    for (let b = 0; b < bands; b++) out[c * bands + b] = row[b]! / Math.max(1, frames);
  }
  return { data: out, shape: [N, bands] };
}
