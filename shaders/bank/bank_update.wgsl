// bank[y] = normalise(m * bank[y] + (1 - m) * v), y = index[b]        Wu et al. 2018 (arXiv:1805.01978), section 3.2, with the
// published code's momentum m (0: plain replacement, as in the paper)
// features: f32[B,D]   index: u32[B]   bank: f32[N,D] (in place)
// grid [B]: a workgroup a row, WG lanes over the columns; few, since every lane adds up what all have found, and waits for them: with 32 lanes
// SwiftShader needs twice as long.
// Requires D % 4 = 0 and no row number twice in a batch (the loader's promise). A feature that is not finite, or a sum of length zero,
// leaves its row as it was: one bad step must not poison the bank. A row number of N or more (a view that a sample lacks) writes nothing.
//#import stable
//#import bank_read
//#import bank_write
override WG: u32 = 8u;
struct Params { B: u32, N: u32, D: u32, momentum: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> features: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> bank: array<vec4<f32>>;

var<workgroup> squares: array<f32, WG>;

fn blend(v: vec4<f32>, w: vec4<f32>) -> vec4<f32> {
  return p.momentum * w + (1.0 - p.momentum) * v;
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let b = wid.x + p.x0;
  if (index[b] >= p.N) { return; }
  let d = p.D / 4u;
  let v = b * d;
  let w = index[b] * d;
  var sum = 0.0;
  for (var i = lane; i < d; i += WG) {
    let moved = blend(features[v + i], bank_read(w + i));
    sum += dot(moved, moved);
  }
  squares[lane] = sum;
  workgroupBarrier();
  sum = 0.0;
  for (var l = 0u; l < WG; l++) { sum += squares[l]; }
  if (!finite(sum) || sum < 1e-24) { return; }
  let scale = 1.0 / sqrt(sum);
  for (var i = lane; i < d; i += WG) { bank_write(w + i, scale * blend(features[v + i], bank_read(w + i))); }
}
