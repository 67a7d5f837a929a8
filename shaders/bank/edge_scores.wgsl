// Sums of exp(score) for the normaliser Z of every edge, in logarithms, as normalizer_scores: over the positive and the sampled negatives, or
// over the whole bank of the other view.   (m, S, m + ln S) of  s = v_a . w_b / T  over a chunk of candidates
// Wu et al. 2018 (arXiv:1805.01978), section 3.2; one Z an ordered pair of views as in the code of Tian, Krishnan, Isola 2020
// features: f32[V,B,D]   bank: f32[V,N,D]   index: u32[B]   negatives: u32[L]   log_z: f32[E,2] (ln Z, 1 once it is known)   graph: u32[G]
//   ->  sums: f32[E,B,C,4] (m, S, m + ln S, 1), or (MASKED, 0, MASKED, 0) where the sample lacks one of the two views
// grid [B*C/64, E]: an invocation takes `per` candidates of one anchor. Does nothing for an edge whose Z is known, unless step is a multiple of
// `every`. Rows of samples that lack view b count nothing. Requires D % 4 = 0, per % 4 = 0, C * per >= M; M = 1 + K candidates, the positive
// last, or M = N when ALL.
//#import stable
//#import negatives
//#import bank_read
//#import step
//#import graph
override DRAW: bool = true;
override KEEP: bool = false;
override ALL: bool = false;
struct Params {
  V: u32, B: u32, D: u32, N: u32, E: u32, G: u32, L: u32, C: u32, M: u32, per: u32, every: u32, inv_tau: f32, x0: u32, y0: u32
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> features: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> bank: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> index: array<u32>;
@group(0) @binding(4) var<storage, read> negatives: array<u32>;
@group(0) @binding(5) var<storage, read> log_z: array<f32>;
@group(0) @binding(6) var<storage, read> graph: array<u32>;
@group(0) @binding(7) var<storage, read_write> sums: array<vec4<f32>>;
@group(0) @binding(8) var<uniform> step: Step;

fn candidate(b: u32, k: u32, drawn: vec4<u32>) -> u32 {
  if (ALL) { return min(k, p.N - 1u); }
  if (k + 1u >= p.M) { return index[b]; }
  if (DRAW) { return drawn[k % 4u]; }
  return negatives[b * (p.M - 1u) + k];
}

fn score(anchor: u32, row: u32) -> f32 {
  let d = p.D / 4u;
  var sum = 0.0;
  for (var i = 0u; i < d; i++) { sum += dot(features[anchor * d + i], bank_read(row * d + i)); }
  return sum * p.inv_tau;
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let e = wid.y + p.y0;
  let i = (wid.x + p.x0) * 64u + lane;
  let wanted = log_z[2u * e + 1u] == 0.0 || (p.every > 0u && step.step % max(p.every, 1u) == 0u);
  if (!wanted || i >= p.B * p.C) { return; }
  let b = i / p.C;
  let bank_start = bank_view(e) * p.N;
  let there = exists(anchor_view(e) * p.N + index[b]) && exists(bank_start + index[b]);
  var m = MASKED;
  var total = 0.0;
  if (there) {
    let first = i % p.C * p.per;
    for (var k = first; k < min(first + p.per, p.M); k += 4u) {
      let drawn = draw_negatives(step.seed, step.step, b, k / 4u, index[b], p.N, KEEP);
      for (var l = k; l < min(k + 4u, p.M); l++) {
        let row = bank_start + candidate(b, l, drawn);
        if (!exists(row)) { continue; }
        let s = score(anchor_view(e) * p.B + b, row);
        let before = m;
        m = max(m, s);
        total = total * exp(before - m) + exp(s - m);
      }
    }
  }
  sums[e * p.B * p.C + i] = vec4<f32>(m, total, select(MASKED, m + log(total), total > 0.0), select(0.0, 1.0, there));
}
