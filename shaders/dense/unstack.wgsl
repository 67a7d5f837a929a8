// Array t of T that lie one after the other: y[i] = x[t N + i]
// x: f32[T*N]   ->  y: f32[N]
// grid [N/256]: a lane copies four numbers, WG apart. Requires t < T.
override WG: u32 = 64u;
struct Params { N: u32, T: u32, t: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let start = (wid.x + p.x0) * 4u * WG + lane;
  for (var i = start; i < min(start + 4u * WG, p.N); i += WG) { y[i] = x[p.t * p.N + i]; }
}
