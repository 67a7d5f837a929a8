// gradient[a,b] = sum over the edges of view a of  (sum_p scale_p partial_p - pull w_0) / T * weight / count: what edge_terms prepared
// Tian, Krishnan, Isola 2020 (arXiv:1906.05849), eq. 7 and 8; banks are data and get none
// own: f32[V,B,D] (of bank_rows)   graph: u32[G]   stats: f32[E,B,P,4] (.., .., .., scale)   partial: f32[E,B,P,D]
// terms: f32[E,B,4] (.., pull, .., 1 where both views are there)   means: f32[E,2] (.., weight / count)   ->  gradient: f32[V,B,D]
// grid [B, V]: a workgroup an anchor, WG lanes over the columns.
// Requires D % 4 = 0.
//#import graph
override WG: u32 = 32u;
struct Params { V: u32, B: u32, D: u32, E: u32, G: u32, P: u32, inv_tau: f32, x0: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> own: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> graph: array<u32>;
@group(0) @binding(3) var<storage, read> stats: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> partial: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> terms: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read> means: array<vec2<f32>>;
@group(0) @binding(7) var<storage, read_write> gradient: array<vec4<f32>>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let b = wid.x + p.x0;
  let view = wid.y + p.y0;
  let d = p.D / 4u;
  for (var i = lane; i < d; i += WG) {
    var total = vec4<f32>();
    for (var e = 0u; e < p.E; e++) {
      let at = e * p.B + b;
      if (anchor_view(e) != view || terms[at].w == 0.0) { continue; }
      var sum = -terms[at].y * own[(bank_view(e) * p.B + b) * d + i];
      for (var k = 0u; k < p.P; k++) { sum += stats[at * p.P + k].w * partial[(at * p.P + k) * d + i]; }
      total += means[e].y * p.inv_tau * sum;
    }
    gradient[(view * p.B + b) * d + i] = total;
  }
}
