// y[r,c] = x[r, first + c]: some columns of a matrix
// x: f32[R,N]   ->  y: f32[R,C]
// grid [R*C/256]: four elements an invocation, WG apart. Requires first + C <= N.
override WG: u32 = 64u;
struct Params { R: u32, N: u32, C: u32, first: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let start = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = start; i < min(start + 4u * WG, p.R * p.C); i += WG) { y[i] = x[i / p.C * p.N + p.first + i % p.C]; }
}
