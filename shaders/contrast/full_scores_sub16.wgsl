// The weights of the full softmax, first of its two products: 16 anchors x 16 bank rows a lane, the loads of features shared by four lanes.
//   s_j = v . w_j / T,   m = max s_j of a tile,   weight = exp(s_j - m),   S = sum of a tile   over j != y; 0 past the last row
// Wu et al. 2018 (arXiv:1805.01978), eq. 2, over all rows.
// features: f32[F,D] (B anchors from row `source` on)   bank: f32[R,D] (N rows from `first` on)   index: u32[B]
//   ->  weights: f32[S*T,A,64]   tiles: f32[S*T,2,A] (m, S)
// grid [S * 4*T/WG, A/16]: S splits of `per` rows from split0 on, A anchors from anchor0 on; a tile is 64 rows, what four lanes have.
// 80 loaded floats for 1,024 multiply-adds, as matmul_sub16.wgsl says; for SwiftShader. Weights lie in the order that full_gradient_sub16 wants.
// S and A are so many that the weights stay within 16 MiB, whatever B and N are (src/ops/variants/contrast_full.ts).
// Requires D % 4 = 0, A % 16 = 0, 64 T >= per, WG a multiple of the size of subgroups, at least four lanes in one.
enable subgroups;
//#import full_weights
override WG: u32 = 4u;
const LANES: u32 = 4u;
struct Params {
  F: u32, R: u32, B: u32, N: u32, D: u32, S: u32, T: u32, A: u32, per: u32,
  source: u32, first: u32, split0: u32, anchor0: u32, inv_tau: f32, x0: u32, y0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> features: array<vec4f>;
@group(0) @binding(2) var<storage, read> bank: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> index: array<u32>;
@group(0) @binding(4) var<storage, read_write> weights: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> tiles: array<vec4f>;

// Four terms of four anchors, an anchor a column.
fn anchors(at: u32) -> mat4x4f {
  let v = features[at];
  return mat4x4f(quadBroadcast(v, 0u), quadBroadcast(v, 1u), quadBroadcast(v, 2u), quadBroadcast(v, 3u));
}

// Over the lanes of a tile.
fn shared_max(v: vec4f) -> vec4f {
  var r = v;
  r = max(r, subgroupShuffleXor(r, 1u));
  r = max(r, subgroupShuffleXor(r, 2u));
  return r;
}

fn shared_sum(v: vec4f) -> vec4f {
  var r = v;
  r += subgroupShuffleXor(r, 1u);
  r += subgroupShuffleXor(r, 2u);
  return r;
}

// Where a lane is, and what it writes.
struct Spot { row: u32, end: u32, tile: u32, place: u32 }

// The weights of four anchors, from `anchor` of the scratch on, with sixteen rows.
fn settle(c0: mat4x4f, c1: mat4x4f, c2: mat4x4f, c3: mat4x4f, anchor: u32, at: Spot) {
  let own = positives(p.anchor0 + anchor);
  let s0 = masked(c0, at.row, at.end, own);
  let s1 = masked(c1, at.row + 4u, at.end, own);
  let s2 = masked(c2, at.row + 8u, at.end, own);
  let s3 = masked(c3, at.row + 12u, at.end, own);
  let m = shared_max(max(max(maxima(s0), maxima(s1)), max(maxima(s2), maxima(s3))));
  let e0 = weights_of(s0, m);
  let e1 = weights_of(s1, m);
  let e2 = weights_of(s2, m);
  let e3 = weights_of(s3, m);
  let total = shared_sum(sums(e0) + sums(e1) + sums(e2) + sums(e3));
  if (at.tile >= p.S * p.T) { return; }
  if (at.place == 0u) {
    tiles[(2u * at.tile * p.A + anchor) / 4u] = m;
    tiles[((2u * at.tile + 1u) * p.A + anchor) / 4u] = total;
  }
  var to = (at.tile * p.A + anchor) * 4u * LANES + 4u * at.place;
  for (var k = 0u; k < 4u; k++) {
    weights[to] = e0[k]; weights[to + 1u] = e1[k]; weights[to + 2u] = e2[k]; weights[to + 3u] = e3[k];
    to += 4u * LANES;
  }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let groups = (p.T * LANES + WG - 1u) / WG;           // workgroups a split
  let split = (wid.x + p.x0) / groups;
  let at16 = (wid.x + p.x0) % groups * WG + lane;      // which sixteen rows of the split
  let row = (p.split0 + split) * p.per + at16 * 16u;
  let anchor = (wid.y + p.y0) * 16u;
  let d = p.D / 4u;
  let b = p.anchor0 + anchor + (sub & 3u);
  var i0 = (p.source + min(b, p.B - 1u)) * d;
  var i1 = (p.source + min(b + 4u, p.B - 1u)) * d;
  var i2 = (p.source + min(b + 8u, p.B - 1u)) * d;
  var i3 = (p.source + min(b + 12u, p.B - 1u)) * d;
  var j0 = starts(p.first, row);
  var j1 = starts(p.first, row + 4u);
  var j2 = starts(p.first, row + 8u);
  var j3 = starts(p.first, row + 12u);
  var c00 = mat4x4f(); var c01 = mat4x4f(); var c02 = mat4x4f(); var c03 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f(); var c12 = mat4x4f(); var c13 = mat4x4f();
  var c20 = mat4x4f(); var c21 = mat4x4f(); var c22 = mat4x4f(); var c23 = mat4x4f();
  var c30 = mat4x4f(); var c31 = mat4x4f(); var c32 = mat4x4f(); var c33 = mat4x4f();
  for (var k = 0u; k < d; k++) {
    let b0 = transpose(four(j0 + k));
    let b1 = transpose(four(j1 + k));
    let b2 = transpose(four(j2 + k));
    let b3 = transpose(four(j3 + k));
    let a0 = anchors(i0 + k); c00 += b0 * a0; c01 += b1 * a0; c02 += b2 * a0; c03 += b3 * a0;
    let a1 = anchors(i1 + k); c10 += b0 * a1; c11 += b1 * a1; c12 += b2 * a1; c13 += b3 * a1;
    let a2 = anchors(i2 + k); c20 += b0 * a2; c21 += b1 * a2; c22 += b2 * a2; c23 += b3 * a2;
    let a3 = anchors(i3 + k); c30 += b0 * a3; c31 += b1 * a3; c32 += b2 * a3; c33 += b3 * a3;
  }
  let tile = select(p.S * p.T, split * p.T + at16 / LANES, at16 / LANES < p.T);
  let at = Spot(row, end_of(split), tile, at16 % LANES);
  settle(c00, c01, c02, c03, anchor, at);
  settle(c10, c11, c12, c13, anchor + 4u, at);
  settle(c20, c21, c22, c23, anchor + 8u, at);
  settle(c30, c31, c32, c33, anchor + 12u, at);
}
