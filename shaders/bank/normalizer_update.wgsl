// ln Z from logarithms of sums of exp(score):  batch = ln sum_r exp(sums[r].z) + log_scale,  log_scale = ln N - ln(number of scores)
//   unknown, or step a multiple of `every`:  ln Z = batch;   else  ln Z = ln((1 - rate) Z + rate exp(batch))
// Wu et al. 2018 (arXiv:1805.01978), section 3.2: Z of the first batch, kept (every = 0, rate = 0). Tracking it is ours.
// sums: f32[R,4] (third: logarithm of a sum)   log_z: f32[2] (in place: ln Z, 1 once it is known)
// grid [1]: WG lanes stride over the sums, one lane adds the lanes up. A batch that is not finite changes nothing.
//#import stable
//#import step
override WG: u32 = 32u;
struct Params { R: u32, every: u32, log_scale: f32, rate: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> sums: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> log_z: array<f32>;
@group(0) @binding(3) var<uniform> step: Step;

var<workgroup> lanes: array<vec2<f32>, WG>;

// Two sums of exponentials, each with its maximum, as one.
fn merge(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
  let m = max(a.x, b.x);
  return vec2<f32>(m, a.y * exp(a.x - m) + b.y * exp(b.x - m));
}

@compute @workgroup_size(WG)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = vec2<f32>(MASKED, 0.0);
  for (var r = lane; r < p.R; r += WG) { sum = merge(sum, vec2<f32>(sums[r].z, 1.0)); }
  lanes[lane] = sum;
  workgroupBarrier();
  if (lane != 0u) { return; }
  for (var l = 1u; l < min(WG, p.R); l++) { sum = merge(sum, lanes[l]); }
  let batch = sum.x + log(sum.y) + p.log_scale;
  if (!finite(batch)) { return; }
  let known = log_z[1] == 1.0;
  let swept = p.every > 0u && step.step % max(p.every, 1u) == 0u;
  if (!known || swept) {
    log_z[0] = batch;
  } else if (p.rate > 0.0) {
    log_z[0] = log_add(log_z[0] + log(1.0 - p.rate), batch + log(p.rate));
  }
  log_z[1] = 1.0;
}
