// The gradient sums of the full softmax, second of its two products: 16 anchors x 16 columns a lane, the loads of weights shared by four lanes.
//   m = max of the split's tiles,   S = sum exp(m_t - m) S_t,   partial = sum exp(m_t - m) weight_j w_j
// Wu et al. 2018 (arXiv:1805.01978), eq. 2, over all rows; tiles of different maxima as Milakov & Gimelshein 2018.
// bank: f32[R,D] (N rows from `first` on)   weights: f32[S*T,A,64]   tiles: f32[S*T,2,A] (m_t, S_t), of full_scores_sub16
//   ->  stats: f32[O,P,4] (m, S, 0, 0)   partial: f32[O,P,D], of B anchors from row `to` on
// grid [S * D/(16*WG), A/16]: S of the P splits of `per` rows, from split0 on; A anchors from anchor0 on.
// A lane loads a quarter of the weights, brings its four anchors to the common maximum, and its neighbours get them by broadcast.
// Requires D % 4 = 0, A % 16 = 0, 64 T >= per, at least four lanes in a subgroup.
enable subgroups;
//#import full_tiles
override WG: u32 = 4u;
const LANES: u32 = 4u;
struct Params {
  R: u32, O: u32, B: u32, N: u32, D: u32, P: u32, S: u32, T: u32, A: u32, per: u32,
  first: u32, to: u32, split0: u32, anchor0: u32, x0: u32, y0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> bank: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> weights: array<vec4f>;
@group(0) @binding(3) var<storage, read> tiles: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> stats: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> partial: array<vec4f>;

// The weights of four anchors (one of each lane's four) with four rows, an anchor a column.
fn shared_weights(v: vec4f) -> mat4x4f {
  return mat4x4f(quadBroadcast(v, 0u), quadBroadcast(v, 1u), quadBroadcast(v, 2u), quadBroadcast(v, 3u));
}

// Sums of anchors b, b + 4, b + 8 and b + 12.
fn store(b: u32, split: u32, column: u32, sums: mat4x4f) {
  let d = p.D / 4u;
  if (column >= d) { return; }
  for (var k = 0u; k < 4u; k++) {
    if (b + 4u * k < p.B) { partial[((p.to + b + 4u * k) * p.P + p.split0 + split) * d + column] = sums[k]; }
  }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let d = p.D / 4u;
  let groups = (d + 4u * WG - 1u) / (4u * WG);         // workgroups a split
  let split = (wid.x + p.x0) / groups;
  let j = ((wid.x + p.x0) % groups * WG + lane) * 4u;
  let column = min(vec4u(j, j + 1u, j + 2u, j + 3u), vec4u(d - 1u));
  let anchor = (wid.y + p.y0) * 16u;
  let mine = anchor + 4u * (sub & 3u);                 // this lane's four anchors
  let wide = 4u * LANES;                               // fours of rows a tile
  let tile0 = split * p.T;
  var m = vec4f(MASKED);
  for (var t = tile0; t < tile0 + p.T; t++) { m = max(m, tiles[(2u * t * p.A + mine) / 4u]); }
  var total = vec4f();
  var c00 = mat4x4f(); var c01 = mat4x4f(); var c02 = mat4x4f(); var c03 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f(); var c12 = mat4x4f(); var c13 = mat4x4f();
  var c20 = mat4x4f(); var c21 = mat4x4f(); var c22 = mat4x4f(); var c23 = mat4x4f();
  var c30 = mat4x4f(); var c31 = mat4x4f(); var c32 = mat4x4f(); var c33 = mat4x4f();
  for (var t = 0u; t < p.T; t++) {
    let scale = exp(tiles[(2u * (tile0 + t) * p.A + mine) / 4u] - m);
    total += scale * tiles[((2u * (tile0 + t) + 1u) * p.A + mine) / 4u];
    let begin = ((tile0 + t) * p.A + mine) * wide;
    let row = (p.split0 + split) * p.per + 4u * t * wide;
    for (var i = 0u; i < wide; i++) {
      let at = starts(p.first, row + 4u * i);
      let b0 = four(at + column.x);
      let b1 = four(at + column.y);
      let b2 = four(at + column.z);
      let b3 = four(at + column.w);
      let a0 = shared_weights(scale.x * weights[begin + i]); c00 += b0 * a0; c01 += b1 * a0; c02 += b2 * a0; c03 += b3 * a0;
      let a1 = shared_weights(scale.y * weights[begin + wide + i]); c10 += b0 * a1; c11 += b1 * a1; c12 += b2 * a1; c13 += b3 * a1;
      let a2 = shared_weights(scale.z * weights[begin + 2u * wide + i]); c20 += b0 * a2; c21 += b1 * a2; c22 += b2 * a2; c23 += b3 * a2;
      let a3 = shared_weights(scale.w * weights[begin + 3u * wide + i]); c30 += b0 * a3; c31 += b1 * a3; c32 += b2 * a3; c33 += b3 * a3;
    }
  }
  let b = p.anchor0 + anchor;
  store(b, split, j, c00); store(b, split, j + 1u, c01); store(b, split, j + 2u, c02); store(b, split, j + 3u, c03);
  store(b + 1u, split, j, c10); store(b + 1u, split, j + 1u, c11); store(b + 1u, split, j + 2u, c12); store(b + 1u, split, j + 3u, c13);
  store(b + 2u, split, j, c20); store(b + 2u, split, j + 1u, c21); store(b + 2u, split, j + 2u, c22); store(b + 2u, split, j + 3u, c23);
  store(b + 3u, split, j, c30); store(b + 3u, split, j + 1u, c31); store(b + 3u, split, j + 2u, c32); store(b + 3u, split, j + 3u, c33);
  if (sub < 4u && (wid.x + p.x0) % groups == 0u) {
    for (var k = 0u; k < 4u; k++) {
      let own = p.anchor0 + mine + k;
      if (own < p.B) { stats[(p.to + own) * p.P + p.split0 + split] = vec4f(m[k], total[k], 0.0, 0.0); }
    }
  }
}
