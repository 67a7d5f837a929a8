// As full_scores_sub16, with 16 anchors x 4 bank rows a lane, the loads of features shared by eight lanes.
//   s_j = v . w_j / T,   m = max s_j of a tile,   weight = exp(s_j - m),   S = sum of a tile   over j != y; 0 past the last row
// Wu et al. 2018 (arXiv:1805.01978), eq. 2, over all rows.
// features: f32[F,D] (B anchors from row `source` on)   bank: f32[R,D] (N rows from `first` on)   index: u32[B]
//   ->  weights: f32[S*T,A,32]   tiles: f32[S*T,2,A] (m, S)
// grid [S * 8*T/WG, A/16]: S splits of `per` rows from split0 on, A anchors from anchor0 on; a tile is 32 rows, what eight lanes have.
// For compilers that hoist all loads of a turn (lavapipe), on which sixteen rows spill; see matmul_sub4.wgsl.
// S and A are so many that the weights stay within 16 MiB, whatever B and N are (src/ops/variants/contrast_full.ts).
// Requires D % 4 = 0, A % 16 = 0, 32 T >= per, WG a multiple of the size of subgroups, at least eight lanes in one.
enable subgroups;
//#import full_weights
override WG: u32 = 8u;
const LANES: u32 = 8u;
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

// Four terms of four anchors, an anchor a column: from the shares of the lanes 0 to 3, and 4 to 7.
fn low(v: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u));
}

fn high(v: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u));
}

// Over the lanes of a tile.
fn shared_max(v: vec4f) -> vec4f {
  var r = v;
  r = max(r, subgroupShuffleXor(r, 1u));
  r = max(r, subgroupShuffleXor(r, 2u));
  r = max(r, subgroupShuffleXor(r, 4u));
  return r;
}

fn shared_sum(v: vec4f) -> vec4f {
  var r = v;
  r += subgroupShuffleXor(r, 1u);
  r += subgroupShuffleXor(r, 2u);
  r += subgroupShuffleXor(r, 4u);
  return r;
}

// Where a lane is, and what it writes.
struct Spot { row: u32, end: u32, tile: u32, place: u32 }

// The weights of four anchors, from `anchor` of the scratch on, with four rows.
fn settle(dots: mat4x4f, anchor: u32, at: Spot) {
  let s = masked(dots, at.row, at.end, positives(p.anchor0 + anchor));
  let m = shared_max(maxima(s));
  let e = weights_of(s, m);
  let total = shared_sum(sums(e));
  if (at.tile >= p.S * p.T) { return; }
  if (at.place == 0u) {
    tiles[(2u * at.tile * p.A + anchor) / 4u] = m;
    tiles[((2u * at.tile + 1u) * p.A + anchor) / 4u] = total;
  }
  let to = (at.tile * p.A + anchor) * LANES + at.place;
  weights[to] = e[0]; weights[to + LANES] = e[1]; weights[to + 2u * LANES] = e[2]; weights[to + 3u * LANES] = e[3];
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let groups = (p.T * LANES + WG - 1u) / WG;           // workgroups a split
  let split = (wid.x + p.x0) / groups;
  let at4 = (wid.x + p.x0) % groups * WG + lane;       // which four rows of the split
  let row = (p.split0 + split) * p.per + at4 * 4u;
  let anchor = (wid.y + p.y0) * 16u;
  let d = p.D / 4u;
  let b = p.anchor0 + anchor + (sub & 7u);
  let above = (p.source + min(b, p.B - 1u)) * d;
  let below = (p.source + min(b + 8u, p.B - 1u)) * d;
  let rows = starts(p.first, row);
  var c0 = mat4x4f(); var c1 = mat4x4f(); var c2 = mat4x4f(); var c3 = mat4x4f();
  for (var k = 0u; k < d; k++) {
    let terms = transpose(four(rows + k));
    let a = features[above + k];
    c0 += terms * low(a);
    c1 += terms * high(a);
    let z = features[below + k];
    c2 += terms * low(z);
    c3 += terms * high(z);
  }
  let tile = select(p.S * p.T, split * p.T + at4 / LANES, at4 / LANES < p.T);
  let at = Spot(row, end_of(split), tile, at4 % LANES);
  settle(c0, anchor, at);
  settle(c1, anchor + 4u, at);
  settle(c2, anchor + 8u, at);
  settle(c3, anchor + 12u, at);
}
