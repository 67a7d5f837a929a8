// y[r] = factor * (x[r*L] + ... + x[r*L + L-1]); the last run may be shorter
// x: act[N]   ->  y: f32[N/L]
// grid [runs/64]: one invocation a run, four chains of additions in a fixed order. Long sums take two launches (ops/reduce.ts).
//#import act
override WG: u32 = 64u;
struct Params { N: u32, L: u32, factor: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<Act>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let run = (wid.x + p.x0) * WG + lane;
  let start = run * p.L;
  if (start >= p.N) { return; }
  let end = min(start + p.L, p.N);
  var sums = vec4f();
  var i = start;
  for (; i + 4u <= end; i += 4u) { sums += vec4f(vec4<Act>(x[i], x[i + 1u], x[i + 2u], x[i + 3u])); }
  var sum = (sums.x + sums.y) + (sums.z + sums.w);
  for (; i < end; i++) { sum += f32(x[i]); }
  y[run] = p.factor * sum;
}
