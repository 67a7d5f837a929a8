// What each anchor of each edge makes of its parts, in fixed order, and its positive w_0, the row of the same sample in the other view's bank:
//   s_0 = v . w_0 / T,   ln R = ln sum_{j>0} exp s_j
//   softmax:  contrast = softplus(ln R - s_0),   pull = sigmoid(ln R - s_0),   scale_p = pull exp(m_p - ln R)
//   NCE:      contrast = softplus(-a_0) + sum_{j>0} softplus(a_j) + floor,   pull = sigmoid(-a_0),   scale_p = 1
// so that the gradient is (sum_p scale_p partial_p - pull w_0) / T.   Tian, Krishnan, Isola 2020 (arXiv:1906.05849), eq. 4, and as bank_combine
// features: f32[V,B,D]   own: f32[V,B,D] (of bank_rows)   rows: u32[V*B] (of edge_rows)   log_z: f32[E,2]   graph: u32[G]
//   stats: f32[E,B,P,4] (m, S, cost, anything; in place: m, S, cost, scale)
//   ->  terms: f32[E,B,4] (contrast, pull, ln sum_{j>=0} exp s_j, 1), or (0, 0, MASKED, 0) where the sample lacks one of the two views
// grid [B, E]: a workgroup an anchor, WG lanes over the columns. A feature that is not finite makes its contrast so, whatever the adapter.
// Requires D % 4 = 0.
//#import stable
//#import graph
override WG: u32 = 32u;
override NCE: bool = false;
struct Params { V: u32, B: u32, D: u32, E: u32, G: u32, P: u32, inv_tau: f32, log_noise: f32, floor: f32, x0: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> features: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> own: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> rows: array<u32>;
@group(0) @binding(4) var<storage, read> log_z: array<f32>;
@group(0) @binding(5) var<storage, read> graph: array<u32>;
@group(0) @binding(6) var<storage, read_write> stats: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> terms: array<vec4<f32>>;

var<workgroup> products: array<f32, WG>;         // v . w_0
var<workgroup> parts: array<vec4<f32>, WG>;      // m, S and cost of a lane's parts

// Two sums of exponentials, each with its maximum, as one; costs add up.
fn merge(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  let m = max(a.x, b.x);
  return vec4<f32>(m, a.y * exp(a.x - m) + b.y * exp(b.x - m), a.z + b.z, 0.0);
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let b = wid.x + p.x0;
  let e = wid.y + p.y0;
  let out = e * p.B + b;
  let d = p.D / 4u;
  let anchor = anchor_view(e) * p.B + b;
  let row = bank_view(e) * p.B + b;
  let there = rows[anchor] != NOWHERE && rows[row] != NOWHERE;
  var score = 0.0;
  if (there) {
    for (var i = lane; i < d; i += WG) { score += dot(features[anchor * d + i], own[row * d + i]); }
  }
  var part = vec4<f32>(MASKED, 0.0, 0.0, 0.0);
  for (var k = lane; k < p.P; k += WG) { part = merge(part, stats[out * p.P + k]); }
  products[lane] = score;
  parts[lane] = part;
  workgroupBarrier();
  score = 0.0;
  part = vec4<f32>(MASKED, 0.0, 0.0, 0.0);
  for (var l = 0u; l < WG; l++) { score += products[l]; }
  for (var l = 0u; l < min(WG, p.P); l++) { part = merge(part, parts[l]); }

  let s0 = score * p.inv_tau;
  let others = select(MASKED, part.x + log(part.y), part.y > 0.0);   // no negatives: nothing to tell the positive from
  let gap = others - s0;
  let a0 = s0 - log_z[2u * e] - p.log_noise;
  var contrast = softplus(gap);
  var push = sigmoid(gap) / max(part.y, 1e-30);
  var pull = sigmoid(gap);
  if (NCE) {
    contrast = softplus(-a0) + part.z + p.floor;
    push = 1.0;
    pull = sigmoid(-a0);
  }
  if (lane == 0u) {
    let term = vec4<f32>(select(s0, contrast, finite(s0)), pull, log_add(others, s0), 1.0);
    terms[out] = select(vec4<f32>(0.0, 0.0, MASKED, 0.0), term, there);
  }
  for (var k = lane; k < p.P; k += WG) {
    let at = out * p.P + k;
    stats[at].w = select(push * exp(stats[at].x - part.x), push, NCE);
  }
}
