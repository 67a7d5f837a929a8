// y[r] = table[index[r]]: the vectors of words; 0 where index[r] >= V (no word)
// table: f32[V,D]   index: u32[R]   ->  y: f32[R,D]
// grid [R*D/256]: four elements an invocation, WG apart.
override WG: u32 = 64u;
struct Params { V: u32, D: u32, R: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = first; i < min(first + 4u * WG, p.R * p.D); i += WG) {
    let word = index[i / p.D];
    if (word < p.V) { y[i] = table[word * p.D + i % p.D]; } else { y[i] = 0.0; }
  }
}
