// As full_gradient_sub16, with 16 anchors x 4 columns a lane, the loads of weights shared by eight lanes.
//   m = max of the split's tiles,   S = sum exp(m_t - m) S_t,   partial = sum exp(m_t - m) weight_j w_j
// Wu et al. 2018 (arXiv:1805.01978), eq. 2, over all rows; tiles of different maxima as Milakov & Gimelshein 2018.
// bank: f32[R,D] (N rows from `first` on)   weights: f32[S*T,A,32]   tiles: f32[S*T,2,A] (m_t, S_t), of full_scores_sub4
//   ->  stats: f32[O,P,4] (m, S, 0, 0)   partial: f32[O,P,D], of B anchors from row `to` on
// grid [S * D/(4*WG), A/16]: S of the P splits of `per` rows, from split0 on; A anchors from anchor0 on.
// A lane loads an eighth of the weights, brings its two anchors to the common maximum, and the others get them by broadcast.
// Requires D % 4 = 0, A % 16 = 0, 32 T >= per, at least eight lanes in a subgroup.
enable subgroups;
//#import full_tiles
override WG: u32 = 8u;
const LANES: u32 = 8u;
struct Params {
  R: u32, O: u32, B: u32, N: u32, D: u32, P: u32, S: u32, T: u32, A: u32, per: u32,
  first: u32, to: u32, split0: u32, anchor0: u32, x0: u32, y0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> bank: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> weights: array<vec4f>;
@group(0) @binding(3) var<storage, read> tiles: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> stats: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> partial: array<vec4f>;

// The weights of four anchors with four rows, an anchor a column: of the lanes 0 to 3, and 4 to 7.
fn low(v: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u));
}

fn high(v: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u));
}

// Sums of anchors b, b + 2, b + 4 and b + 6.
fn store(b: u32, split: u32, column: u32, sums: mat4x4f) {
  let d = p.D / 4u;
  if (column >= d) { return; }
  for (var k = 0u; k < 4u; k++) {
    if (b + 2u * k < p.B) { partial[((p.to + b + 2u * k) * p.P + p.split0 + split) * d + column] = sums[k]; }
  }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let d = p.D / 4u;
  let groups = (d + WG - 1u) / WG;                     // workgroups a split
  let split = (wid.x + p.x0) / groups;
  let j = (wid.x + p.x0) % groups * WG + lane;
  let column = min(j, d - 1u);
  let anchor = (wid.y + p.y0) * 16u;
  let mine = anchor + 2u * (sub & 7u);                 // this lane's two anchors
  let tile0 = split * p.T;
  var m = vec2f(MASKED);
  for (var t = tile0; t < tile0 + p.T; t++) { m = max(m, tiles[(2u * t * p.A + mine) / 2u]); }
  var total = vec2f();
  var c0 = mat4x4f(); var c1 = mat4x4f(); var c2 = mat4x4f(); var c3 = mat4x4f();
  for (var t = 0u; t < p.T; t++) {
    let scale = exp(tiles[(2u * (tile0 + t) * p.A + mine) / 2u] - m);
    total += scale * tiles[((2u * (tile0 + t) + 1u) * p.A + mine) / 2u];
    let begin = ((tile0 + t) * p.A + mine) * LANES;
    let row = (p.split0 + split) * p.per + 4u * t * LANES;
    for (var i = 0u; i < LANES; i++) {
      let terms = four(starts(p.first, row + 4u * i) + column);
      let even = scale.x * weights[begin + i];
      c0 += terms * low(even);
      c1 += terms * high(even);
      let odd = scale.y * weights[begin + LANES + i];
      c2 += terms * low(odd);
      c3 += terms * high(odd);
    }
  }
  let b = p.anchor0 + anchor;
  store(b, split, j, c0); store(b + 8u, split, j, c1); store(b + 1u, split, j, c2); store(b + 9u, split, j, c3);
  if (sub < 8u && (wid.x + p.x0) % groups == 0u) {
    for (var k = 0u; k < 2u; k++) {
      let own = p.anchor0 + mine + k;
      if (own < p.B) { stats[(p.to + own) * p.P + p.split0 + split] = vec4f(m[k], total[k], 0.0, 0.0); }
    }
  }
}
