// y[b,n,m] = x[b,m,n]: channels first to channels last, and back
// x: f32[B,M,N]   ->  y: f32[B,N,M]
// grid [B*M*N/256]: four elements of y an invocation, WG apart.
override WG: u32 = 64u;
struct Params { B: u32, M: u32, N: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = first; i < min(first + 4u * WG, p.B * p.M * p.N); i += WG) {
    let row = i / p.M;
    y[i] = x[(row / p.N * p.M + i % p.M) * p.N + row % p.N];
  }
}
