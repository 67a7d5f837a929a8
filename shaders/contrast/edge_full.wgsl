// bank_full along every edge of a graph of views: anchors of view a against all rows of the bank of view b but their own.
//   s_j = v_a . w_bj / T,   m = max s_j,   S = sum exp(s_j - m),   partial = sum exp(s_j - m) w_bj   over j != y that have view b
// Tian, Krishnan, Isola 2020 (arXiv:1906.05849), eq. 4 and 7 to 8, over all rows of the bank instead of k sampled ones.
// features: f32[V,B,D]   bank: f32[V,N,D]   index: u32[B]   graph: u32[G]   ->  stats: f32[E,B,P,4] (m, S, 0, 0)   partial: f32[E,B,P,D]
// grid [splits, B/BA, E]: as bank_full, an edge a layer.
// Requires what bank_full requires; views of the graph < V.
//#import full
//#import graph
struct Params { V: u32, B: u32, N: u32, D: u32, E: u32, G: u32, P: u32, slices: u32, per: u32, inv_tau: f32, x0: u32, y0: u32, z0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> features: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> bank: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> index: array<u32>;
@group(0) @binding(4) var<storage, read> graph: array<u32>;
@group(0) @binding(5) var<storage, read_write> stats: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> partial: array<vec4<f32>>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let e = wid.z + p.z0;
  contrast_full(wid.x + p.x0, (wid.y + p.y0) * BA, lane, anchor_view(e) * p.B, bank_view(e) * p.N, e * p.B);
}
