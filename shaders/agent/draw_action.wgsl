// action[b] ~ softmax(x[b]), by the inverse of its distribution function at u(seed, step, b)
// x: f32[B,A]   ->  action: u32[B]
// grid [B/64]: one invocation a row. A function of (seed, step).
//#import random
//#import step
override WG: u32 = 64u;
struct Params { B: u32, A: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> action: array<u32>;
@group(0) @binding(3) var<uniform> step: Step;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let b = (wid.x + p.x0) * WG + lane;
  if (b >= p.B) { return; }
  let start = b * p.A;
  var top = x[start];
  for (var a = 1u; a < p.A; a++) { top = max(top, x[start + a]); }
  var total = 0.0;
  for (var a = 0u; a < p.A; a++) { total += exp(x[start + a] - top); }
  let level = total * random_f32(random_stream(step.seed, PURPOSE_ACT), step.step, 0u, b);
  var chosen = 0u;
  var below = exp(x[start] - top);
  while (chosen + 1u < p.A && below <= level) { // the last one where rounding leaves a gap
    chosen++;
    below += exp(x[start + chosen] - top);
  }
  action[b] = chosen;
}
