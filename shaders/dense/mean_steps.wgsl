// y[b,c] = mean of x[b,c,t] over the first length[b] steps; 0 where length[b] = 0 (nothing there)
// x: f32[B,C,T]   length: u32[B]   ->  y: f32[B,C]
// grid [B*C/64]: one number an invocation. Steps from length on are not read. Requires length <= T.
override WG: u32 = 64u;
struct Params { B: u32, C: u32, T: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> length: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * WG + lane;
  if (i >= p.B * p.C) { return; }
  let n = min(length[i / p.C], p.T);
  var sum = 0.0;
  for (var t = 0u; t < n; t++) { sum += x[i * p.T + t]; }
  y[i] = sum / f32(max(n, 1u));
}
