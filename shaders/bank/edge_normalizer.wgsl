// ln Z of every edge from logarithms of sums of exp(score), as normalizer_update:
//   batch = ln sum_r exp(sums[e,r].z) - ln(sum_r sums[e,r].w) + log_scale,   log_scale = ln N - ln(scores behind one entry that counts)
//   unknown, or step a multiple of `every`:  ln Z = batch;   else  ln Z = ln((1 - rate) Z + rate exp(batch))
// Wu et al. 2018 (arXiv:1805.01978), section 3.2; entries of samples that lack a view of the edge (fourth number 0) do not count
// sums: f32[E,R,4] (third: logarithm of a sum, fourth: 1 where it counts)   log_z: f32[E,2] (in place: ln Z, 1 once it is known)
// grid [E]: WG lanes stride over the sums of an edge, one lane adds the lanes up. A batch that is not finite, or empty, changes nothing.
//#import stable
//#import step
override WG: u32 = 32u;
struct Params { E: u32, R: u32, every: u32, log_scale: f32, rate: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> sums: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> log_z: array<f32>;
@group(0) @binding(3) var<uniform> step: Step;

var<workgroup> lanes: array<vec3<f32>, WG>;

// Two sums of exponentials, each with its maximum, as one; counts add up.
fn merge(a: vec3<f32>, b: vec3<f32>) -> vec3<f32> {
  let m = max(a.x, b.x);
  return vec3<f32>(m, a.y * exp(a.x - m) + b.y * exp(b.x - m), a.z + b.z);
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let e = wid.x;
  var sum = vec3<f32>(MASKED, 0.0, 0.0);
  for (var r = lane; r < p.R; r += WG) {
    let entry = sums[e * p.R + r];
    sum = merge(sum, vec3<f32>(entry.z, select(0.0, 1.0, entry.z > MASKED), entry.w));
  }
  lanes[lane] = sum;
  workgroupBarrier();
  if (lane != 0u) { return; }
  for (var l = 1u; l < min(WG, p.R); l++) { sum = merge(sum, lanes[l]); }
  if (sum.y == 0.0 || sum.z == 0.0) { return; }
  let batch = sum.x + log(sum.y) - log(sum.z) + p.log_scale;
  if (!finite(batch)) { return; }
  let known = log_z[2u * e + 1u] == 1.0;
  let swept = p.every > 0u && step.step % max(p.every, 1u) == 0u;
  if (!known || swept) {
    log_z[2u * e] = batch;
  } else if (p.rate > 0.0) {
    log_z[2u * e] = log_add(log_z[2u * e] + log(1.0 - p.rate), batch + log(p.rate));
  }
  log_z[2u * e + 1u] = 1.0;
}
