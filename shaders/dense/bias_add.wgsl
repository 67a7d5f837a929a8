// y[b,c,q] += bias[c], in place
// bias: f32[C]   ->  y: act[B,C,P]
// grid [B*C*P/256]: four elements an invocation, WG apart.
//#import act
override WG: u32 = 64u;
struct Params { B: u32, C: u32, P: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<Act>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = first; i < min(first + 4u * WG, p.B * p.C * p.P); i += WG) { y[i] = Act(f32(y[i]) + bias[i / p.P % p.C]); }
}
