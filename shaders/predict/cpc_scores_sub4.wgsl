// s[k,g,m,n] = alpha q_k(anchor m) . z(candidate n)     as cpc_scores.wgsl, where groups hold consecutive rows
// q: f32[R,Q,D] (Q = 1: shared by all steps)   z: f32[R,D]   ->  s: f32[K,G,M,N/4,4]
// grid [N/(4*WG), M/16, K*G]: 16 anchors x 4 candidates a lane, the loads of the anchors shared by eight lanes: as matmul_sub4, for the same adapters.
// Requires D % 4 = 0, and at least eight lanes in a subgroup.
enable subgroups;
override WG: u32 = 8u;
struct Params { R: u32, Q: u32, D: u32, K: u32, G: u32, M: u32, N: u32, span: u32, k0: u32, m0: u32, alpha: f32, x0: u32, y0: u32, z0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> q: array<vec4f>;
@group(0) @binding(2) var<storage, read> z: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> s: array<vec4f>;

// Four numbers of four rows from the lanes that loaded one row each, a row a column: lanes 0 to 3, and 4 to 7.
fn low_rows(v: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u));
}

fn high_rows(v: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u));
}

// Four terms of four candidates whose rows start at `at`: a term a column.
fn terms(at: vec4u, i: u32) -> mat4x4f {
  return transpose(mat4x4f(z[at.x + i], z[at.y + i], z[at.z + i], z[at.w + i]));
}

// Scores of four anchors with four candidates.
fn store(slab: u32, m: u32, quad: u32, v: mat4x4f) {
  let quads = (p.N + 3u) / 4u;
  if (quad >= quads) { return; }
  let at = (slab * p.M + m) * quads + quad;
  if (m < p.M) { s[at] = p.alpha * v[0]; }
  if (m + 1u < p.M) { s[at + quads] = p.alpha * v[1]; }
  if (m + 2u < p.M) { s[at + 2u * quads] = p.alpha * v[2]; }
  if (m + 3u < p.M) { s[at + 3u * quads] = p.alpha * v[3]; }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let slab = wid.z + p.z0;
  let k = slab / p.G;
  let g = slab % p.G;
  let m = (wid.y + p.y0) * 16u;
  let quad = ((wid.x + p.x0) * WG + lane);
  let d = p.D / 4u;
  let z0 = (g * p.span + min(4u * quad + vec4u(0u, 1u, 2u, 3u), vec4u(p.N - 1u))) * d;
  let anchors = g * p.span + p.m0 + min(m + (sub & 7u) + vec2u(0u, 8u), vec2u(p.M - 1u)); // this lane's
  let mine = (anchors * p.Q + min(p.k0 + k, p.Q - 1u)) * d;
  var c00 = mat4x4f();
  var c10 = mat4x4f();
  var c20 = mat4x4f();
  var c30 = mat4x4f();
  for (var i = 0u; i < d; i++) {
    let t0 = terms(z0, i);
    let v0 = q[mine.x + i];
    let r0 = low_rows(v0); c00 += t0 * r0;
    let r1 = high_rows(v0); c10 += t0 * r1;
    let v1 = q[mine.y + i];
    let r2 = low_rows(v1); c20 += t0 * r2;
    let r3 = high_rows(v1); c30 += t0 * r3;
  }
  store(slab, m + 0u, quad, c00);
  store(slab, m + 4u, quad, c10);
  store(slab, m + 8u, quad, c20);
  store(slab, m + 12u, quad, c30);
}
