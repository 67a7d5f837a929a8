// y[i] = factor * x[i]
// x: f32[N]   ->  y: act[N]        with factor 1: what makes activations of them
// grid [N/256]: four elements an invocation, WG apart.
//#import act
override WG: u32 = 64u;
struct Params { N: u32, factor: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<Act>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = first; i < min(first + 4u * WG, p.N); i += WG) { y[i] = Act(p.factor * x[i]); }
}
