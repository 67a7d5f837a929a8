// picked[b,d] = rows[index[b],d]
// rows: f32[N,D]   index: u32[B]   ->   picked: f32[B,D]
// grid [B*D/256]: four elements an invocation, WG apart, so that lanes read and write neighbours.
// Requires index below N.
override WG: u32 = 64u;
struct Params { N: u32, D: u32, B: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rows: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> picked: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = first; i < min(first + 4u * WG, p.B * p.D); i += WG) { picked[i] = rows[index[i / p.D] * p.D + i % p.D]; }
}
