// edge_sampled for adapters with subgroups: bank_sampled_sub along every edge of a graph of views, anchors of view a against sampled rows of
// the bank of view b. All edges take the same samples: row numbers are a function of (seed, step, anchor, k), or given. Rows of samples that lack view b count nothing.
//   s_k = v_a . w_bk / T,   m = max s_k,   S = sum exp(s_k - m)
//   softmax:  cost = 0,                   partial = sum exp(s_k - m) w_bk     Tian, Krishnan, Isola 2020 (arXiv:1906.05849), eq. 4, 7, 8
//   NCE:      cost = sum softplus(a_k),   partial = sum sigmoid(a_k) w_bk     with a_k = s_k - ln Z_ab - ln(K/N + 1e-7)
// features: f32[V,B,D]   bank: f32[V,N,D]   rows: u32[L] (B*K row numbers of negatives; when DRAW, those of the B positives)
// log_z: f32[E,2]   graph: u32[G]   ->  stats: f32[E,B,P,4] (m, S, cost, 0)   partial: f32[E,B,P,D]
// grid [P, B, E]: a subgroup a part, `per` candidates of it, four at a time; a row is shared by the lanes of a subgroup. Where those turn out smaller
// than WG, a workgroup has several, the last ones none to do.
// Requires D % 4 = 0, 4 FOURS PIECES * lanes >= D, WG the largest size of a subgroup, per % 4 = 0, P * per >= K, row numbers < N, N >= 2 unless KEEP.
enable subgroups;
//#import sampled_sub
//#import graph
override WG: u32 = 4u;
struct Params {
  V: u32, B: u32, K: u32, D: u32, N: u32, E: u32, G: u32, L: u32, P: u32, per: u32, inv_tau: f32, log_noise: f32, x0: u32, y0: u32, z0: u32
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> features: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> bank: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> rows: array<u32>;
@group(0) @binding(4) var<storage, read> log_z: array<f32>;
@group(0) @binding(5) var<storage, read> graph: array<u32>;
@group(0) @binding(6) var<storage, read_write> stats: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> partial: array<vec4<f32>>;
@group(0) @binding(8) var<uniform> step: Step;

fn anchor_number(b: u32) -> u32 {
  return b;
}

@compute @workgroup_size(WG)
fn main(
  @builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_invocation_id) lane: u32, @builtin(subgroup_size) lanes: u32,
) {
  let e = wid.z + p.z0;
  let b = wid.y + p.y0;
  let part = (wid.x + p.x0) * (WG / lanes) + local / lanes;
  contrast_sampled_sub(b, part, lane, lanes, anchor_view(e) * p.B + b, bank_view(e) * p.N, e * p.B + b, log_z[2u * e] + p.log_noise);
}
