// s[k,m,0] = alpha q_k(m) . z(m + ahead_k), s[k,m,j+1] = alpha q_k(m) . z(drawn[m,j]): scores of an anchor's positive and of its own negatives
// q: f32[R,Q,D]   z: f32[R,D]   drawn: u32[R,n]   ->  s: f32[K,M,N/4,4] (of M anchors from m0 on, K steps ahead)
// grid [tiles/32]: an invocation computes 8 steps x 8 candidates of one anchor, so that a gathered row serves 8 steps.
// Requires D % 4 = 0, N = n + 1.
override WG: u32 = 32u;
struct Params { R: u32, Q: u32, D: u32, K: u32, M: u32, N: u32, n: u32, m0: u32, skip: u32, stride: u32, alpha: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> q: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> z: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> drawn: array<u32>;
@group(0) @binding(4) var<storage, read_write> s: array<vec4<f32>>;

fn four(at: vec4u, i: u32) -> mat4x4f { return mat4x4f(z[at.x + i], z[at.y + i], z[at.z + i], z[at.w + i]); }

// Row of column `c`; where there is none (the positive's column, a draw of nothing) any row.
fn candidate(row: u32, c: u32) -> u32 {
  return min(drawn[row * p.n + min(max(c, 1u) - 1u, p.n - 1u)], p.R - 1u);
}

fn candidates(row: u32, quad: u32) -> vec4u {
  let c = 4u * quad;
  return vec4u(candidate(row, c), candidate(row, c + 1u), candidate(row, c + 2u), candidate(row, c + 3u)) * (p.D / 4u);
}

fn query(row: u32, k: u32) -> u32 { return (row * p.Q + min(k, p.Q - 1u)) * (p.D / 4u); }

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let quads = (p.N + 3u) / 4u;
  let across = (quads + 1u) / 2u;
  let down = (p.K + 7u) / 8u;
  let tile = (wid.x + p.x0) * WG + lane;
  let m = tile / (across * down);
  if (m >= p.M) { return; }
  let row = m + p.m0;
  let k = tile / across % down * 8u;
  let left = tile % across;
  let right = left + across;
  let zl = candidates(row, left);
  let zr = candidates(row, right);
  let q0 = query(row, k); let q1 = query(row, k + 1u); let q2 = query(row, k + 2u); let q3 = query(row, k + 3u);
  let q4 = query(row, k + 4u); let q5 = query(row, k + 5u); let q6 = query(row, k + 6u); let q7 = query(row, k + 7u);
  var l0 = vec4f(); var l1 = vec4f(); var l2 = vec4f(); var l3 = vec4f(); var l4 = vec4f(); var l5 = vec4f(); var l6 = vec4f(); var l7 = vec4f();
  var r0 = vec4f(); var r1 = vec4f(); var r2 = vec4f(); var r3 = vec4f(); var r4 = vec4f(); var r5 = vec4f(); var r6 = vec4f(); var r7 = vec4f();
  for (var i = 0u; i < p.D / 4u; i++) {
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
  store(m, k, left, l0, r0); store(m, k + 1u, left, l1, r1); store(m, k + 2u, left, l2, r2); store(m, k + 3u, left, l3, r3);
  store(m, k + 4u, left, l4, r4); store(m, k + 5u, left, l5, r5); store(m, k + 6u, left, l6, r6); store(m, k + 7u, left, l7, r7);
}

fn store(m: u32, k: u32, left: u32, l: vec4f, r: vec4f) {
  if (k >= p.K) { return; }
  let quads = (p.N + 3u) / 4u;
  let right = left + (quads + 1u) / 2u;
  let at = (k * p.M + m) * quads;
  var low = l;
  if (left == 0u) { low.x = positive(m + p.m0, k); }
  s[at + left] = p.alpha * low;
  if (right < quads) { s[at + right] = p.alpha * r; }
}

// Where the sequence ends before the positive, its score is never looked at.
fn positive(row: u32, k: u32) -> f32 {
  let at = query(row, k);
  let to = min(row + (k + 1u + p.skip) * p.stride, p.R - 1u) * (p.D / 4u);
  var sum = 0.0;
  for (var i = 0u; i < p.D / 4u; i++) { sum += dot(q[at + i], z[to + i]); }
  return sum;
}
