// y[b,h] = x[b,t,h]: one step of every sequence
// x: f32[B,T,H]   ->  y: f32[B,H]
// grid [B*H/64]: one element an invocation.
override WG: u32 = 64u;
struct Params { B: u32, T: u32, H: u32, t: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * WG + lane;
  if (i >= p.B * p.H) { return; }
  y[i] = x[(i / p.H * p.T + p.t) * p.H + i % p.H];
}
