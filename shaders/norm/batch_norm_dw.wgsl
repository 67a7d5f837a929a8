// dgamma[c] = part[0,0,c] + part[1,0,c] + ...,   dbeta[c] = part[0,1,c] + part[1,1,c] + ..., in this order
// part: f32[S,2,C]   ->  dgamma: f32[C]   dbeta: f32[C]
// grid [C/64]: one invocation a channel.
override WG: u32 = 64u;
struct Params { S: u32, C: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> part: array<f32>;
@group(0) @binding(2) var<storage, read_write> dgamma: array<f32>;
@group(0) @binding(3) var<storage, read_write> dbeta: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= p.C) { return; }
  var sum = vec2f();
  for (var s = 0u; s < p.S; s++) { sum += vec2f(part[2u * s * p.C + c], part[(2u * s + 1u) * p.C + c]); }
  dgamma[c] = sum.x;
  dbeta[c] = sum.y;
}
