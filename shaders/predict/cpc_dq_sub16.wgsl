// dq[a,k,:] (+)= alpha weight_k sum_n d[k,g,m,n] z[n,:]; SHARED: summed over the steps ahead     as cpc_dq.wgsl, where groups hold consecutive rows
// z: f32[R,D]   d: f32[K,G,M,N/4,4] (of cpc_softmax)   tally: f32[2*S]   ->  dq: f32[R,Q,D] (rows of M anchors a group, steps k0 ...)
// grid [D/(16*WG), M/16, K*G (SHARED: G)]: 16 anchors x 16 columns a lane, the loads of d shared by a subgroup: as matmul_sub16, for the same adapters.
// Requires D % 4 = 0, d = 0 past N, and at least four lanes in a subgroup.
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

// Four numbers of four rows from the lanes that loaded one row each, a row a column.
fn shared_rows(v: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u));
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
  let column = ((wid.x + p.x0) * WG + lane) * 4u;
  let width = p.D / 4u;
  let quads = (p.N + 3u) / 4u;
  let x0 = min(column, width - 1u);
  let x1 = min(column + 1u, width - 1u);
  let x2 = min(column + 2u, width - 1u);
  let x3 = min(column + 3u, width - 1u);
  let mine = min(m + (sub & 3u) + vec4u(0u, 4u, 8u, 12u), vec4u(p.M - 1u)); // this lane's anchors
  var c00 = mat4x4f(); var c01 = mat4x4f(); var c02 = mat4x4f(); var c03 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f(); var c12 = mat4x4f(); var c13 = mat4x4f();
  var c20 = mat4x4f(); var c21 = mat4x4f(); var c22 = mat4x4f(); var c23 = mat4x4f();
  var c30 = mat4x4f(); var c31 = mat4x4f(); var c32 = mat4x4f(); var c33 = mat4x4f();
  for (var k = first; k < end; k++) {
    let f = p.alpha * tally[p.S + p.k0 + k];
    let rows = ((k * p.G + g) * p.M + mine) * quads;
    for (var i = 0u; i < quads; i++) {
      let at = (g * p.span + min(4u * i + vec4u(0u, 1u, 2u, 3u), vec4u(p.N - 1u))) * width;
      let t0 = latents(at, x0);
      let t1 = latents(at, x1);
      let t2 = latents(at, x2);
      let t3 = latents(at, x3);
      let v0 = f * d[rows.x + i];
      let r0 = shared_rows(v0); c00 += t0 * r0; c01 += t1 * r0; c02 += t2 * r0; c03 += t3 * r0;
      let v1 = f * d[rows.y + i];
      let r1 = shared_rows(v1); c10 += t0 * r1; c11 += t1 * r1; c12 += t2 * r1; c13 += t3 * r1;
      let v2 = f * d[rows.z + i];
      let r2 = shared_rows(v2); c20 += t0 * r2; c21 += t1 * r2; c22 += t2 * r2; c23 += t3 * r2;
      let v3 = f * d[rows.w + i];
      let r3 = shared_rows(v3); c30 += t0 * r3; c31 += t1 * r3; c32 += t2 * r3; c33 += t3 * r3;
    }
  }
  let slot = select(p.k0 + first, 0u, SHARED);
  store(g, m + 0u, slot, column, c00); store(g, m + 0u, slot, column + 1u, c01); store(g, m + 0u, slot, column + 2u, c02); store(g, m + 0u, slot, column + 3u, c03);
  store(g, m + 4u, slot, column, c10); store(g, m + 4u, slot, column + 1u, c11); store(g, m + 4u, slot, column + 2u, c12); store(g, m + 4u, slot, column + 3u, c13);
  store(g, m + 8u, slot, column, c20); store(g, m + 8u, slot, column + 1u, c21); store(g, m + 8u, slot, column + 2u, c22); store(g, m + 8u, slot, column + 3u, c23);
  store(g, m + 12u, slot, column, c30); store(g, m + 12u, slot, column + 1u, c31); store(g, m + 12u, slot, column + 2u, c32); store(g, m + 12u, slot, column + 3u, c33);
}
