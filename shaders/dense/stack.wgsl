// Up to four arrays one after the other, from place `first` on: y[(first + t) N + i] = (a, b, c, d)[t][i], t < count
// a: f32[N]   b: f32[N]   c: f32[N]   d: f32[N]   ->  y: f32[T*N]
// grid [count*N/256]: a lane copies four numbers, WG apart. Arrays from `count` on are not read. Requires first + count <= T.
override WG: u32 = 64u;
struct Params { N: u32, T: u32, first: u32, count: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> c: array<f32>;
@group(0) @binding(4) var<storage, read> d: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

fn value(t: u32, i: u32) -> f32 {
  switch t {
    case 0u: { return a[i]; }
    case 1u: { return b[i]; }
    case 2u: { return c[i]; }
    default: { return d[i]; }
  }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let start = (wid.x + p.x0) * 4u * WG + lane;
  for (var i = start; i < min(start + 4u * WG, p.count * p.N); i += WG) { y[p.first * p.N + i] = value(i / p.N, i % p.N); }
}
