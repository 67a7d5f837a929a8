// Sums of exp(score) for the normaliser Z, in logarithms: over the positive and the sampled negatives, or over the whole bank.
//   (m, S, m + ln S) of  s = v . w / T  over a chunk of candidates      Wu et al. 2018 (arXiv:1805.01978), section 3.2 (Z is estimated
//   from the first batch, Monte Carlo) or, over all rows, eq. 3 exactly
// features: f32[B,D]   bank: f32[N,D]   index: u32[B]   negatives: u32[L]   log_z: f32[2] (ln Z, 1 once it is known)
//   ->  sums: f32[B,C,4] (m, S, m + ln S, 0)
// grid [B*C/64]: an invocation takes `per` candidates of one anchor. Does nothing when Z is known, unless step is a multiple of `every`.
// Negatives are drawn for anchor b + anchor0 of the step, as in bank_sampled.
// Requires D % 4 = 0, per % 4 = 0, C * per >= M; M = 1 + K candidates, the positive last, or M = N when ALL.
//#import stable
//#import negatives
//#import bank_read
//#import step
override DRAW: bool = true;
override KEEP: bool = false;
override ALL: bool = false;
struct Params { B: u32, D: u32, N: u32, L: u32, C: u32, M: u32, per: u32, every: u32, anchor0: u32, inv_tau: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> features: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> bank: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> index: array<u32>;
@group(0) @binding(4) var<storage, read> negatives: array<u32>;
@group(0) @binding(5) var<storage, read> log_z: array<f32>;
@group(0) @binding(6) var<storage, read_write> sums: array<vec4<f32>>;
@group(0) @binding(7) var<uniform> step: Step;

fn candidate(b: u32, k: u32, drawn: vec4<u32>) -> u32 {
  if (ALL) { return min(k, p.N - 1u); }
  if (k + 1u >= p.M) { return index[b]; }
  if (DRAW) { return drawn[k % 4u]; }
  return negatives[b * (p.M - 1u) + k];
}

fn score(b: u32, row: u32) -> f32 {
  let d = p.D / 4u;
  var sum = 0.0;
  for (var i = 0u; i < d; i++) { sum += dot(features[b * d + i], bank_read(row * d + i)); }
  return sum * p.inv_tau;
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * 64u + lane;
  let wanted = log_z[1] == 0.0 || (p.every > 0u && step.step % max(p.every, 1u) == 0u);
  if (!wanted || i >= p.B * p.C) { return; }
  let b = i / p.C;
  let y = index[b];
  let first = i % p.C * p.per;
  var m = MASKED;
  var total = 0.0;
  for (var k = first; k < min(first + p.per, p.M); k += 4u) {
    let drawn = draw_negatives(step.seed, step.step, p.anchor0 + b, k / 4u, y, p.N, KEEP);
    for (var l = k; l < min(k + 4u, p.M); l++) {
      let s = score(b, candidate(b, l, drawn));
      let before = m;
      m = max(m, s);
      total = total * exp(before - m) + exp(s - m);
    }
  }
  sums[i] = vec4<f32>(m, total, select(MASKED, m + log(total), total > 0.0), 0.0);
}
