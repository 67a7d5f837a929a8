// The parts of an anchor's negatives, in fixed order, and its positive w_0: loss and gradient, without cancellation.
//   s_0 = v . w_0 / T,   distance = |v - w_0|^2,   ln R = ln sum_{j>0} exp s_j
//   softmax:  contrast = softplus(ln R - s_0),        g = sigmoid(ln R - s_0) (sum_{j>0} exp(s_j) w_j / R - w_0)
//   NCE:      contrast = softplus(-a_0) + sum_{j>0} softplus(a_j) + floor,   g = sum_{j>0} sigmoid(a_j) w_j - sigmoid(-a_0) w_0
//   gradient = (g / T + 2 lambda (v - w_0)) / B       Wu et al. 2018 (arXiv:1805.01978), eq. 2, 7 and 9; 1 - p_0 is a sum of the others
// features: f32[B,D]   own: f32[B,D] (w_0, of bank_rows)   log_z: f32[2]   stats: f32[B,P,4] (m, S, cost, 0)   partial: f32[B,P,D]
//   ->  terms: f32[B,4] (contrast, distance, ln sum_{j>=0} exp s_j, s_0)   gradient: f32[B,D]
// grid [B]: a workgroup an anchor, WG lanes over the columns. A feature that is not finite makes its contrast so, whatever the adapter.
// Requires D % 4 = 0.
//#import stable
override WG: u32 = 32u;
override NCE: bool = false;
struct Params { B: u32, D: u32, P: u32, inv_tau: f32, log_noise: f32, floor: f32, pull: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> features: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> own: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> log_z: array<f32>;
@group(0) @binding(4) var<storage, read> stats: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> partial: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> terms: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> gradient: array<vec4<f32>>;

var<workgroup> products: array<vec2<f32>, WG>;   // v . w_0 and |v - w_0|^2
var<workgroup> parts: array<vec4<f32>, WG>;      // m, S and cost of a lane's parts

// Two sums of exponentials, each with its maximum, as one; costs add up.
fn merge(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  let m = max(a.x, b.x);
  return vec4<f32>(m, a.y * exp(a.x - m) + b.y * exp(b.x - m), a.z + b.z, 0.0);
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let b = wid.x + p.x0;
  let d = p.D / 4u;
  let v = b * d;
  var pair = vec2<f32>();
  for (var i = lane; i < d; i += WG) {
    let apart = features[v + i] - own[v + i];
    pair += vec2<f32>(dot(features[v + i], own[v + i]), dot(apart, apart));
  }
  var part = vec4<f32>(MASKED, 0.0, 0.0, 0.0);
  for (var k = lane; k < p.P; k += WG) { part = merge(part, stats[b * p.P + k]); }
  products[lane] = pair;
  parts[lane] = part;
  workgroupBarrier();
  pair = vec2<f32>();
  part = vec4<f32>(MASKED, 0.0, 0.0, 0.0);
  for (var l = 0u; l < WG; l++) { pair += products[l]; }
  for (var l = 0u; l < min(WG, p.P); l++) { part = merge(part, parts[l]); }

  let s0 = pair.x * p.inv_tau;
  let others = select(MASKED, part.x + log(part.y), part.y > 0.0);   // no negatives: nothing to tell the positive from
  let gap = others - s0;
  let a0 = s0 - log_z[0] - p.log_noise;
  var contrast = softplus(gap);
  var push = sigmoid(gap) / max(part.y, 1e-30);
  var pull = sigmoid(gap);
  if (NCE) {
    contrast = softplus(-a0) + part.z + p.floor;
    push = 1.0;
    pull = sigmoid(-a0);
  }
  if (lane == 0u) { terms[b] = vec4<f32>(select(s0, contrast, finite(s0)), pair.y, log_add(others, s0), s0); }

  for (var i = lane; i < d; i += WG) {
    var sum = vec4<f32>();
    for (var k = 0u; k < p.P; k++) {
      let scale = select(exp(stats[b * p.P + k].x - part.x), 1.0, NCE);
      sum += scale * partial[(b * p.P + k) * d + i];
    }
    let apart = features[v + i] - own[v + i];
    gradient[v + i] = ((push * sum - pull * own[v + i]) * p.inv_tau + p.pull * apart) / f32(p.B);
  }
}
