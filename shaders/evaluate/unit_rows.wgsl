// unit[m] = bank[n0 + m] / max(|bank[n0 + m]|, 1e-12)      (cosine similarity = dot product of unit rows)
// bank: f32[N,4*D4] (rows of a memory bank, or any others)   ->   unit: f32[M,4*D4]
// grid [ceil(M/WG)]: one invocation a row. Requires n0 + M <= N.
//#import bank_read
override WG: u32 = 64u;
struct Params { N: u32, M: u32, D4: u32, n0: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> bank: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> unit: array<vec4<f32>>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let m = (wid.x + p.x0) * WG + lane;
  if (m >= p.M) { return; }
  let base = (p.n0 + m) * p.D4;
  // Four partial sums: a quarter of the rounding error of one, which near-equal similarities feel.
  var squares = vec4<f32>(0.0);
  for (var i = 0u; i < p.D4; i++) {
    let value = bank_read(base + i);
    squares += value * value;
  }
  let scale = 1.0 / max(sqrt(dot(squares, vec4<f32>(1.0))), 1e-12);
  for (var i = 0u; i < p.D4; i++) { unit[m * p.D4 + i] = bank_read(base + i) * scale; }
}
