// y[r] = a[r], then b[r]: two matrices side by side
// a: f32[R,M]   b: f32[R,N]   ->  y: f32[R,M+N]
// grid [R*(M+N)/256]: four elements an invocation, WG apart.
override WG: u32 = 64u;
struct Params { R: u32, M: u32, N: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

fn value(row: u32, column: u32) -> f32 {
  if (column < p.M) { return a[row * p.M + column]; }
  return b[row * p.N + column - p.M];
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let width = p.M + p.N;
  let first = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = first; i < min(first + 4u * WG, p.R * width); i += WG) { y[i] = value(i / width, i % width); }
}
