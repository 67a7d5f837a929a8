// dq[a,k,:] (+)= alpha weight_k sum_n d[k,g,m,n] z[n,:], the gradient of predictions; SHARED: summed over the steps ahead
// z: f32[R,D]   d: f32[K,G,M,N/4,4] (of cpc_softmax)   tally: f32[2*S]   ->  dq: f32[R,Q,D] (rows of M anchors a group, steps k0 ...)
// grid [tiles/32]: an invocation computes 8 anchors x 8 columns in registers, four candidates a turn. Adds when `more`.
// Requires D % 4 = 0, d = 0 past N.
//#import prediction_rows
override WG: u32 = 32u;
override TIME: bool = false;
override SHARED: bool = false;
struct Params {
  R: u32, Q: u32, D: u32, S: u32, K: u32, G: u32, M: u32, N: u32, T: u32, span: u32, k0: u32, m0: u32, skip: u32, stride: u32, more: u32, alpha: f32, x0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> z: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> d: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> tally: array<f32>;
@group(0) @binding(4) var<storage, read_write> dq: array<vec4<f32>>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let width = p.D / 4u;
  let across = (width + 1u) / 2u;
  let down = (p.M + 7u) / 8u;
  let tile = (wid.x + p.x0) * WG + lane;
  let slab = tile / (across * down);
  var first = slab / p.G;
  var end = first + 1u;
  if (SHARED) { end = select(0u, p.K, first == 0u); }
  if (first >= p.K || end == 0u) { return; }
  let a = slab % p.G;                 // the group of anchors: their time with TIME
  let m = tile / across % down * 8u;
  let left = tile % across;
  let right = min(left + across, width - 1u);
  let quads = (p.N + 3u) / 4u;
  var l0 = vec4f(); var l1 = vec4f(); var l2 = vec4f(); var l3 = vec4f(); var l4 = vec4f(); var l5 = vec4f(); var l6 = vec4f(); var l7 = vec4f();
  var r0 = vec4f(); var r1 = vec4f(); var r2 = vec4f(); var r3 = vec4f(); var r4 = vec4f(); var r5 = vec4f(); var r6 = vec4f(); var r7 = vec4f();
  for (var k = first; k < end; k++) {
    var g = a;
    if (TIME) { g = (a + (p.k0 + k + 1u + p.skip) * p.stride) % p.T; }
    let f = p.alpha * tally[p.S + p.k0 + k];
    let rows = (k * p.G + g) * p.M;
    let last = p.M - 1u;
    let d0 = (rows + m) * quads; let d1 = (rows + min(m + 1u, last)) * quads; let d2 = (rows + min(m + 2u, last)) * quads;
    let d3 = (rows + min(m + 3u, last)) * quads; let d4 = (rows + min(m + 4u, last)) * quads; let d5 = (rows + min(m + 5u, last)) * quads;
    let d6 = (rows + min(m + 6u, last)) * quads; let d7 = (rows + min(m + 7u, last)) * quads;
    for (var i = 0u; i < quads; i++) {
      let c = candidate_rows(g, min(4u * i + vec4u(0u, 1u, 2u, 3u), vec4u(p.N - 1u))) * width;
      let zl = f * mat4x4f(z[c.x + left], z[c.y + left], z[c.z + left], z[c.w + left]);
      let zr = f * mat4x4f(z[c.x + right], z[c.y + right], z[c.z + right], z[c.w + right]);
      let v0 = d[d0 + i]; l0 += zl * v0; r0 += zr * v0;
      let v1 = d[d1 + i]; l1 += zl * v1; r1 += zr * v1;
      let v2 = d[d2 + i]; l2 += zl * v2; r2 += zr * v2;
      let v3 = d[d3 + i]; l3 += zl * v3; r3 += zr * v3;
      let v4 = d[d4 + i]; l4 += zl * v4; r4 += zr * v4;
      let v5 = d[d5 + i]; l5 += zl * v5; r5 += zr * v5;
      let v6 = d[d6 + i]; l6 += zl * v6; r6 += zr * v6;
      let v7 = d[d7 + i]; l7 += zl * v7; r7 += zr * v7;
    }
  }
  var slot = p.k0 + first;
  if (SHARED) { slot = 0u; }
  store(a, m, slot, left, l0, r0); store(a, m + 1u, slot, left, l1, r1); store(a, m + 2u, slot, left, l2, r2); store(a, m + 3u, slot, left, l3, r3);
  store(a, m + 4u, slot, left, l4, r4); store(a, m + 5u, slot, left, l5, r5); store(a, m + 6u, slot, left, l6, r6); store(a, m + 7u, slot, left, l7, r7);
}

fn store(a: u32, m: u32, slot: u32, left: u32, l: vec4f, r: vec4f) {
  if (m >= p.M) { return; }
  let width = p.D / 4u;
  let right = left + (width + 1u) / 2u;
  let at = (anchor_row(a, m + p.m0, 0u) * p.Q + slot) * width;
  if (p.more == 0u) {
    dq[at + left] = l;
    if (right < width) { dq[at + right] = r; }
  } else {
    dq[at + left] += l;
    if (right < width) { dq[at + right] += r; }
  }
}
