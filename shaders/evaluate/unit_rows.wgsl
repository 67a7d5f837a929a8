// unit[n] = rows[n] / max(|rows[n]|, 1e-12), columns D to 4 D4 filled with zeros      (cosine similarity = dot product of unit rows)
// rows: f32[N,D]   ->   unit: f32[N,4*D4]
// grid [ceil(N/WG)]: one invocation a row. Padding to fours lets the similarity kernel read vec4 at every D.
// Requires D4 = ceil(D/4).
override WG: u32 = 64u;
struct Params { N: u32, D: u32, D4: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rows: array<f32>;
@group(0) @binding(2) var<storage, read_write> unit: array<vec4<f32>>;

// Four values of a row from column 4 i, zero beyond the last.
fn quad(base: u32, i: u32) -> vec4<f32> {
  let last = p.D - 1u;
  let column = vec4<u32>(4u * i) + vec4<u32>(0u, 1u, 2u, 3u);
  let at = base + min(column, vec4<u32>(last));
  let value = vec4<f32>(rows[at.x], rows[at.y], rows[at.z], rows[at.w]);
  return select(vec4<f32>(0.0), value, column < vec4<u32>(p.D));
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = (wid.x + p.x0) * WG + lane;
  if (row >= p.N) { return; }
  let base = row * p.D;
  // Four partial sums: a quarter of the rounding error of one, which near-equal similarities feel.
  var squares = vec4<f32>(0.0);
  for (var i = 0u; i < p.D4; i++) {
    let value = quad(base, i);
    squares += value * value;
  }
  let scale = 1.0 / max(sqrt(dot(squares, vec4<f32>(1.0))), 1e-12);
  for (var i = 0u; i < p.D4; i++) { unit[row * p.D4 + i] = quad(base, i) * scale; }
}
