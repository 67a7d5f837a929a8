// dx[b,s,h] = dy[b,h] if s = t, else 0
// dy: f32[B,H]   ->  dx: f32[B,T,H]
// grid [B*T*H/256]: four elements an invocation, WG apart.
override WG: u32 = 64u;
struct Params { B: u32, T: u32, H: u32, t: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = first; i < min(first + 4u * WG, p.B * p.T * p.H); i += WG) {
    let at = i / p.H;
    dx[i] = select(0.0, dy[at / p.T * p.H + i % p.H], at % p.T == p.t);
  }
}
