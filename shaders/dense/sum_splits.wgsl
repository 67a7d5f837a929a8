// y[i] = part[0,i] + part[1,i] + ... + part[S-1,i], in this order: the second stage of a split reduction
// part: f32[S,N]   ->  y: f32[N]
// grid [N/64]: one invocation an element, so lanes read neighbours.
override WG: u32 = 64u;
struct Params { S: u32, N: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> part: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * WG + lane;
  if (i >= p.N) { return; }
  var sum = 0.0;
  for (var s = 0u; s < p.S; s++) { sum += part[s * p.N + i]; }
  y[i] = sum;
}
