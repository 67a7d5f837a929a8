// Sums of what cpc_softmax says of each prediction, by steps ahead and in all.
//   loss_k, accuracy_k: means over the n_k predictions   bound_k = mean ln candidates - loss_k: I(z; c) is at least that (eq. 5), in nats
//   loss = sum_k weight_k sum of losses   accuracy, bound: means over all predictions
// terms: f32[S,R,4] (loss, hit, counts, ln candidates)   tally: f32[2*S] (n_k, weight)
//   ->  loss: f32[1]   accuracy: f32[1]   bound: f32[1]   losses: f32[S]   accuracies: f32[S]   bounds: f32[S]
// grid [1]: one workgroup, its lanes over the rows.
override WG: u32 = 64u;
struct Params { S: u32, R: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> terms: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> tally: array<f32>;
@group(0) @binding(3) var<storage, read_write> loss: array<f32>;
@group(0) @binding(4) var<storage, read_write> accuracy: array<f32>;
@group(0) @binding(5) var<storage, read_write> bound: array<f32>;
@group(0) @binding(6) var<storage, read_write> losses: array<f32>;
@group(0) @binding(7) var<storage, read_write> accuracies: array<f32>;
@group(0) @binding(8) var<storage, read_write> bounds: array<f32>;

var<workgroup> parts: array<vec4<f32>, WG>;

@compute @workgroup_size(WG)
fn main(@builtin(local_invocation_index) lane: u32) {
  var weighted = 0.0;
  var all = vec4f();
  for (var k = 0u; k < p.S; k++) {
    var sum = vec4f();
    for (var row = lane; row < p.R; row += WG) { sum += terms[k * p.R + row]; }
    parts[lane] = sum;
    workgroupBarrier();
    if (lane == 0u) {
      sum = vec4f();
      for (var l = 0u; l < WG; l++) { sum += parts[l]; }
      let n = max(tally[k], 1.0);
      losses[k] = sum.x / n;
      accuracies[k] = sum.y / n;
      bounds[k] = (sum.w - sum.x) / n;
      weighted += tally[p.S + k] * sum.x;
      all += sum;
    }
    workgroupBarrier();
  }
  if (lane == 0u) {
    let n = max(all.z, 1.0);
    loss[0] = weighted;
    accuracy[0] = all.y / n;
    bound[0] = (all.w - all.x) / n;
  }
}
