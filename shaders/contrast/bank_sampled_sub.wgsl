// bank_sampled for adapters with subgroups: one pass over the sampled bank rows of every anchor, scores, what the loss needs of them, and the
// gradient sum.
//   s_k = v . w_k / T,   m = max s_k,   S = sum exp(s_k - m)
//   softmax:  cost = 0,                   partial = sum exp(s_k - m) w_k             Wu et al. 2018 (arXiv:1805.01978), eq. 2, sampled
//   NCE:      cost = sum softplus(a_k),   partial = sum sigmoid(a_k) w_k             eq. 5-7 with a_k = s_k - ln Z - ln(K/N + 1e-7)
// features: f32[B,D]   bank: f32[N,D]   rows: u32[L] (B*K row numbers of negatives; when DRAW, those of the B positives)   log_z: f32[2]
//   ->  stats: f32[B,P,4] (m, S, cost, 0)   partial: f32[B,P,D]
// grid [P, B]: a subgroup a part, `per` candidates of it, four at a time; a row is shared by the lanes of a subgroup. Where those turn out smaller
// than WG, a workgroup has several, the last ones none to do.
// Requires D % 4 = 0, 4 FOURS PIECES * lanes >= D, WG the largest size of a subgroup, per % 4 = 0, P * per >= K, row numbers < N, N >= 2 unless KEEP.
enable subgroups;
//#import sampled_sub
override WG: u32 = 4u;
struct Params { B: u32, K: u32, D: u32, N: u32, L: u32, P: u32, per: u32, anchor0: u32, inv_tau: f32, log_noise: f32, x0: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> features: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> bank: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> rows: array<u32>;
@group(0) @binding(4) var<storage, read> log_z: array<f32>;
@group(0) @binding(5) var<storage, read_write> stats: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> partial: array<vec4<f32>>;
@group(0) @binding(7) var<uniform> step: Step;

fn anchor_number(b: u32) -> u32 {
  return p.anchor0 + b;
}

fn candidates(rows: vec4<u32>) -> vec4<bool> {
  return vec4<bool>(true);
}

@compute @workgroup_size(WG)
fn main(
  @builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_invocation_id) lane: u32, @builtin(subgroup_size) lanes: u32,
) {
  let b = wid.y + p.y0;
  contrast_sampled_sub(b, (wid.x + p.x0) * (WG / lanes) + local / lanes, lane, lanes, b, 0u, b, log_z[0] + p.log_noise);
}
