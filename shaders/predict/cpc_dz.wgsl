// dz[n,:] (+)= alpha sum_k weight_k sum_m d[k,g,m,n] q_k[m,:], the gradient of candidates, positives and negatives alike
// q: f32[R,Q,D]   d: f32[K,G,M,N/4,4] (of cpc_softmax)   tally: f32[2*S]   ->  dz: f32[R,D]
// grid [tiles/32]: an invocation computes 8 candidates x 8 columns in registers, four anchors a turn. Adds when `more`.
// Requires D % 4 = 0.
//#import prediction_rows
override WG: u32 = 32u;
override TIME: bool = false;
struct Params {
  R: u32, Q: u32, D: u32, S: u32, K: u32, G: u32, M: u32, N: u32, T: u32, span: u32, k0: u32, m0: u32, skip: u32, stride: u32, more: u32, alpha: f32, x0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> q: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> d: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> tally: array<f32>;
@group(0) @binding(4) var<storage, read_write> dz: array<vec4<f32>>;

fn query(g: u32, m: u32, k: u32) -> u32 {
  let row = anchor_row(g, p.m0 + min(m, p.M - 1u), (p.k0 + k + 1u + p.skip) * p.stride);
  return (row * p.Q + min(p.k0 + k, p.Q - 1u)) * (p.D / 4u);
}

// Column of `d` over four anchors; those past the last count nothing.
fn weights(rows: u32, m: u32, quad: u32, f: f32) -> mat4x4f {
  let quads = (p.N + 3u) / 4u;
  let last = p.M - 1u;
  let real = select(vec4f(), vec4f(f), m + vec4u(0u, 1u, 2u, 3u) < vec4u(p.M));
  return transpose(mat4x4f(real.x * d[(rows + m) * quads + quad], real.y * d[(rows + min(m + 1u, last)) * quads + quad],
    real.z * d[(rows + min(m + 2u, last)) * quads + quad], real.w * d[(rows + min(m + 3u, last)) * quads + quad]));
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let width = p.D / 4u;
  let across = (width + 1u) / 2u;
  let quads = (p.N + 3u) / 4u;
  let down = (quads + 1u) / 2u;
  let tile = (wid.x + p.x0) * WG + lane;
  let g = tile / (across * down);
  if (g >= p.G) { return; }
  let upper = tile / across % down;
  let lower = min(upper + down, quads - 1u);
  let left = tile % across;
  let right = min(left + across, width - 1u);
  var l0 = vec4f(); var l1 = vec4f(); var l2 = vec4f(); var l3 = vec4f(); var l4 = vec4f(); var l5 = vec4f(); var l6 = vec4f(); var l7 = vec4f();
  var r0 = vec4f(); var r1 = vec4f(); var r2 = vec4f(); var r3 = vec4f(); var r4 = vec4f(); var r5 = vec4f(); var r6 = vec4f(); var r7 = vec4f();
  for (var k = 0u; k < p.K; k++) {
    let f = p.alpha * tally[p.S + p.k0 + k];
    let rows = (k * p.G + g) * p.M;
    for (var m = 0u; m < p.M; m += 4u) {
      let q0 = query(g, m, k); let q1 = query(g, m + 1u, k); let q2 = query(g, m + 2u, k); let q3 = query(g, m + 3u, k);
      let ql = mat4x4f(q[q0 + left], q[q1 + left], q[q2 + left], q[q3 + left]);
      let qr = mat4x4f(q[q0 + right], q[q1 + right], q[q2 + right], q[q3 + right]);
      let a = weights(rows, m, upper, f);
      l0 += ql * a[0]; r0 += qr * a[0]; l1 += ql * a[1]; r1 += qr * a[1];
      l2 += ql * a[2]; r2 += qr * a[2]; l3 += ql * a[3]; r3 += qr * a[3];
      let b = weights(rows, m, lower, f);
      l4 += ql * b[0]; r4 += qr * b[0]; l5 += ql * b[1]; r5 += qr * b[1];
      l6 += ql * b[2]; r6 += qr * b[2]; l7 += ql * b[3]; r7 += qr * b[3];
    }
  }
  let n = 4u * upper;
  store(g, n, left, l0, r0); store(g, n + 1u, left, l1, r1); store(g, n + 2u, left, l2, r2); store(g, n + 3u, left, l3, r3);
  if (upper + down >= quads) { return; }
  let low = 4u * lower;
  store(g, low, left, l4, r4); store(g, low + 1u, left, l5, r5); store(g, low + 2u, left, l6, r6); store(g, low + 3u, left, l7, r7);
}

fn store(g: u32, n: u32, left: u32, l: vec4f, r: vec4f) {
  if (n >= p.N) { return; }
  let width = p.D / 4u;
  let right = left + (width + 1u) / 2u;
  let at = candidate_rows(g, vec4u(n)).x * width;
  if (p.more == 0u) {
    dz[at + left] = l;
    if (right < width) { dz[at + right] = r; }
  } else {
    dz[at + left] += l;
    if (right < width) { dz[at + right] += r; }
  }
}
