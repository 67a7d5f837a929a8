// dx[b,c,t] = dy[b,c] / length[b] for t < length[b], else 0 (see mean_steps.wgsl)
// dy: f32[B,C]   length: u32[B]   ->  dx: f32[B,C,T]
// grid [B*C*T/256]: four elements an invocation, WG apart.
override WG: u32 = 64u;
struct Params { B: u32, C: u32, T: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> length: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = first; i < min(first + 4u * WG, p.B * p.C * p.T); i += WG) {
    let row = i / p.T;
    let n = min(length[row / p.C], p.T);
    dx[i] = select(0.0, dy[row] / f32(max(n, 1u)), i % p.T < n);
  }
}
