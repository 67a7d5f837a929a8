// dq[a,k,:] (+)= alpha weight_k sum_n d[k,g,m,n] z[n,:]; SHARED: summed over the steps ahead     as cpc_dq.wgsl, where groups hold consecutive rows
// z: f32[R,D]   d: f32[K,G,M,N/4,4] (of cpc_softmax)   tally: f32[2*S]   ->  dq: f32[R,Q,D] (rows of M anchors a group, steps k0 ...)
// grid [D/(4*WG), M/16, K*G (SHARED: G)]: 16 anchors x 4 columns a lane, the loads of d shared by eight lanes: as matmul_sub4, for the same adapters.
// Requires D % 4 = 0, d = 0 past N, and at least eight lanes in a subgroup.
enable subgroups;
override WG: u32 = 8u;
override SHARED: bool = false;
struct Params {
  R: u32, Q: u32, D: u32, S: u32, K: u32, G: u32, M: u32, N: u32, span: u32, k0: u32, m0: u32, more: u32, alpha: f32, x0: u32, y0: u32, z0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> z: array<vec4f>;
@group(0) @binding(2) var<storage, read> d: array<vec4f>;
@group(0) @binding(3) var<storage, read> tally: array<f32>;
@group(0) @binding(4) var<storage, read_write> dq: array<vec4f>;

// Four numbers of four rows from the lanes that loaded one row each, a row a column: lanes 0 to 3, and 4 to 7.
fn low_rows(v: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u));
}

fn high_rows(v: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u));
}

// Four candidates in four columns, a candidate a column of the matrix.
fn latents(at: vec4u, column: u32) -> mat4x4f {
  return mat4x4f(z[at.x + column], z[at.y + column], z[at.z + column], z[at.w + column]);
}

fn put(at: u32, v: vec4f) {
  if (p.more == 0u) { dq[at] = v; } else { dq[at] += v; }
}

// Four anchors of group g in four columns.
fn store(g: u32, m: u32, slot: u32, column: u32, v: mat4x4f) {
  let width = p.D / 4u;
  if (column >= width) { return; }
  let at = ((g * p.span + p.m0 + m) * p.Q + slot) * width + column;
  let next = p.Q * width;
  if (m < p.M) { put(at, v[0]); }
  if (m + 1u < p.M) { put(at + next, v[1]); }
  if (m + 2u < p.M) { put(at + 2u * next, v[2]); }
  if (m + 3u < p.M) { put(at + 3u * next, v[3]); }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let slab = wid.z + p.z0;
  let g = slab % p.G;
  let first = slab / p.G;
  let end = select(first + 1u, p.K, SHARED);
  let m = (wid.y + p.y0) * 16u;
  let column = ((wid.x + p.x0) * WG + lane);
  let width = p.D / 4u;
  let quads = (p.N + 3u) / 4u;
  let x0 = min(column, width - 1u);
  let mine = min(m + (sub & 7u) + vec2u(0u, 8u), vec2u(p.M - 1u)); // this lane's anchors
  var c00 = mat4x4f();
  var c10 = mat4x4f();
  var c20 = mat4x4f();
  var c30 = mat4x4f();
  for (var k = first; k < end; k++) {
    let f = p.alpha * tally[p.S + p.k0 + k];
    let rows = ((k * p.G + g) * p.M + mine) * quads;
    for (var i = 0u; i < quads; i++) {
      let at = (g * p.span + min(4u * i + vec4u(0u, 1u, 2u, 3u), vec4u(p.N - 1u))) * width;
      let t0 = latents(at, x0);
      let v0 = f * d[rows.x + i];
      let r0 = low_rows(v0); c00 += t0 * r0;
      let r1 = high_rows(v0); c10 += t0 * r1;
      let v1 = f * d[rows.y + i];
      let r2 = low_rows(v1); c20 += t0 * r2;
      let r3 = high_rows(v1); c30 += t0 * r3;
    }
  }
  let slot = select(p.k0 + first, 0u, SHARED);
  store(g, m + 0u, slot, column, c00);
  store(g, m + 4u, slot, column, c10);
  store(g, m + 8u, slot, column, c20);
  store(g, m + 12u, slot, column, c30);
}
