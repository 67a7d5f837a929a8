// dz[n,:] (+)= alpha sum_k weight_k sum_m d[k,g,m,n] q_k[m,:]     as cpc_dz.wgsl, where groups hold consecutive rows
// q: f32[R,Q,D]   d: f32[K,G,M,N/4,4] (of cpc_softmax)   tally: f32[2*S]   ->  dz: f32[R,D]
// grid [D/(4*WG), N/16, G]: 16 candidates x 4 columns a lane, the loads of d shared by eight lanes: as matmul_sub4, for the same adapters.
// Requires D % 4 = 0, and at least eight lanes in a subgroup.
enable subgroups;
override WG: u32 = 8u;
struct Params {
  R: u32, Q: u32, D: u32, S: u32, K: u32, G: u32, M: u32, N: u32, span: u32, k0: u32, m0: u32, more: u32, alpha: f32, x0: u32, y0: u32, z0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> q: array<vec4f>;
@group(0) @binding(2) var<storage, read> d: array<vec4f>;
@group(0) @binding(3) var<storage, read> tally: array<f32>;
@group(0) @binding(4) var<storage, read_write> dz: array<vec4f>;

// Four candidates of four anchors from the lanes that loaded one anchor each, an anchor a column: lanes 0 to 3, and 4 to 7.
fn low_rows(v: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u));
}

fn high_rows(v: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u));
}

// Four anchors in four columns, an anchor a column of the matrix.
fn predictions(at: vec4u, column: u32) -> mat4x4f {
  return mat4x4f(q[at.x + column], q[at.y + column], q[at.z + column], q[at.w + column]);
}

fn put(at: u32, v: vec4f) {
  if (p.more == 0u) { dz[at] = v; } else { dz[at] += v; }
}

// Four candidates of group g in four columns.
fn store(g: u32, n: u32, column: u32, v: mat4x4f) {
  let width = p.D / 4u;
  if (column >= width) { return; }
  let at = (g * p.span + n) * width + column;
  if (n < p.N) { put(at, v[0]); }
  if (n + 1u < p.N) { put(at + width, v[1]); }
  if (n + 2u < p.N) { put(at + 2u * width, v[2]); }
  if (n + 3u < p.N) { put(at + 3u * width, v[3]); }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let g = wid.z + p.z0;
  let quad = (wid.y + p.y0) * 4u;
  let column = ((wid.x + p.x0) * WG + lane);
  let width = p.D / 4u;
  let quads = (p.N + 3u) / 4u;
  let last = p.M - 1u;
  let x0 = min(column, width - 1u);
  let mine = min(quad + ((sub >> 2u) & 1u) + vec2u(0u, 2u), vec2u(quads - 1u)); // this lane's fours of candidates
  var c00 = mat4x4f();
  var c10 = mat4x4f();
  var c20 = mat4x4f();
  var c30 = mat4x4f();
  for (var k = 0u; k < p.K; k++) {
    let f = p.alpha * tally[p.S + p.k0 + k];
    let step = min(p.k0 + k, p.Q - 1u);
    for (var m = 0u; m < p.M; m += 4u) {
      let own = m + (sub & 3u); // this lane's anchor; past the last it counts nothing
      let rows = ((k * p.G + g) * p.M + min(own, last)) * quads + mine;
      let real = select(0.0, f, own < p.M);
      let at = ((g * p.span + p.m0 + min(m + vec4u(0u, 1u, 2u, 3u), vec4u(last))) * p.Q + step) * width;
      let t0 = predictions(at, x0);
      let v0 = real * d[rows.x];
      let r0 = transpose(low_rows(v0)); c00 += t0 * r0;
      let r1 = transpose(high_rows(v0)); c10 += t0 * r1;
      let v1 = real * d[rows.y];
      let r2 = transpose(low_rows(v1)); c20 += t0 * r2;
      let r3 = transpose(high_rows(v1)); c30 += t0 * r3;
    }
  }
  let n = 4u * quad;
  store(g, n + 0u, column, c00);
  store(g, n + 4u, column, c10);
  store(g, n + 8u, column, c20);
  store(g, n + 12u, column, c30);
}
