// s[k,g,m,n] = alpha q_k(anchor m) . z(candidate n): scores of every candidate of a group, for K steps ahead and M anchors a group at once
// q: f32[R,Q,D] (predictions W_k c; Q = 1: shared by all steps)   z: f32[R,D]   ->  s: f32[K,G,M,N/4,4]
// grid [K*G*tiles/32]: an invocation computes 8 anchors x 8 candidates in registers, four terms a turn. Edges: clamped rows.
// Requires D % 4 = 0. van den Oord, Li, Vinyals 2018 (arXiv:1807.03748), eq. 3.
//#import prediction_rows
override WG: u32 = 32u;
override TIME: bool = false;
struct Params { R: u32, Q: u32, D: u32, K: u32, G: u32, M: u32, N: u32, T: u32, span: u32, k0: u32, m0: u32, skip: u32, stride: u32, alpha: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> q: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> z: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> s: array<vec4<f32>>;

fn four(at: vec4u, i: u32) -> mat4x4f { return mat4x4f(z[at.x + i], z[at.y + i], z[at.z + i], z[at.w + i]); }

// Where the prediction of anchor m of a group starts.
fn query(g: u32, m: u32, k: u32) -> u32 {
  let row = anchor_row(g, p.m0 + min(m, p.M - 1u), (p.k0 + k + 1u + p.skip) * p.stride);
  return (row * p.Q + min(p.k0 + k, p.Q - 1u)) * (p.D / 4u);
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let quads = (p.N + 3u) / 4u;
  let across = (quads + 1u) / 2u;
  let down = (p.M + 7u) / 8u;
  let tile = (wid.x + p.x0) * WG + lane;
  let slab = tile / (across * down);
  if (slab >= p.K * p.G) { return; }
  let k = slab / p.G;
  let g = slab % p.G;
  let m = tile / across % down * 8u;
  let d = p.D / 4u;
  let left = tile % across;
  let right = left + across;
  let n = 4u * left + vec4u(0u, 1u, 2u, 3u);
  let zl = candidate_rows(g, min(n, vec4u(p.N - 1u))) * d;
  let zr = candidate_rows(g, min(n + 4u * across, vec4u(p.N - 1u))) * d;
  let q0 = query(g, m, k); let q1 = query(g, m + 1u, k); let q2 = query(g, m + 2u, k); let q3 = query(g, m + 3u, k);
  let q4 = query(g, m + 4u, k); let q5 = query(g, m + 5u, k); let q6 = query(g, m + 6u, k); let q7 = query(g, m + 7u, k);
  var l0 = vec4f(); var l1 = vec4f(); var l2 = vec4f(); var l3 = vec4f(); var l4 = vec4f(); var l5 = vec4f(); var l6 = vec4f(); var l7 = vec4f();
  var r0 = vec4f(); var r1 = vec4f(); var r2 = vec4f(); var r3 = vec4f(); var r4 = vec4f(); var r5 = vec4f(); var r6 = vec4f(); var r7 = vec4f();
  for (var i = 0u; i < d; i++) {
    let a = four(zl, i);
    let b = four(zr, i);
    let v0 = q[q0 + i]; l0 += v0 * a; r0 += v0 * b;
    let v1 = q[q1 + i]; l1 += v1 * a; r1 += v1 * b;
    let v2 = q[q2 + i]; l2 += v2 * a; r2 += v2 * b;
    let v3 = q[q3 + i]; l3 += v3 * a; r3 += v3 * b;
    let v4 = q[q4 + i]; l4 += v4 * a; r4 += v4 * b;
    let v5 = q[q5 + i]; l5 += v5 * a; r5 += v5 * b;
    let v6 = q[q6 + i]; l6 += v6 * a; r6 += v6 * b;
    let v7 = q[q7 + i]; l7 += v7 * a; r7 += v7 * b;
  }
  store(slab, m, left, right, l0, r0); store(slab, m + 1u, left, right, l1, r1);
  store(slab, m + 2u, left, right, l2, r2); store(slab, m + 3u, left, right, l3, r3);
  store(slab, m + 4u, left, right, l4, r4); store(slab, m + 5u, left, right, l5, r5);
  store(slab, m + 6u, left, right, l6, r6); store(slab, m + 7u, left, right, l7, r7);
}

fn store(slab: u32, m: u32, left: u32, right: u32, l: vec4f, r: vec4f) {
  if (m >= p.M) { return; }
  let quads = (p.N + 3u) / 4u;
  let at = (slab * p.M + m) * quads;
  s[at + left] = p.alpha * l;
  if (right < quads) { s[at + right] = p.alpha * r; }
}
