// sum[i] += part[i]
// part: f32[N]   sum: f32[N] (in place)
// grid [N/256]: four elements an invocation, WG apart. N is a whole gradient store; its padding is 0 and stays 0.
override WG: u32 = 64u;
struct Params { N: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> part: array<f32>;
@group(0) @binding(2) var<storage, read_write> sum: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = first; i < min(first + 4u * WG, p.N); i += WG) { sum[i] += part[i]; }
}
