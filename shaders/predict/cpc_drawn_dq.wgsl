// dq[m,k,:] = alpha weight_k (d[k,m,0] z(m + ahead_k) + sum_j d[k,m,j+1] z(drawn[m,j])), of M anchors; SHARED: summed over the steps ahead
// z: f32[R,D]   drawn: u32[R,n]   d: f32[K,M,N/4,4] (of cpc_softmax)   tally: f32[2*K]   ->  dq: f32[R,Q,D]
// grid [tiles/32]: an invocation computes 8 steps x 4 columns of one anchor, four candidates a turn.
// Requires D % 4 = 0, N = n + 1, d = 0 past N.
override WG: u32 = 32u;
override SHARED: bool = false;
struct Params { R: u32, Q: u32, D: u32, K: u32, M: u32, N: u32, n: u32, m0: u32, skip: u32, stride: u32, alpha: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> z: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> drawn: array<u32>;
@group(0) @binding(3) var<storage, read> d: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> tally: array<f32>;
@group(0) @binding(5) var<storage, read_write> dq: array<vec4<f32>>;

fn candidate(row: u32, c: u32) -> u32 {
  return min(drawn[row * p.n + min(max(c, 1u) - 1u, p.n - 1u)], p.R - 1u);
}

// d of a quad without the positive, which has a row of its own.
fn negatives(at: u32, quad: u32) -> vec4f {
  return select(d[at + quad], vec4f(0.0, d[at + quad].yzw), quad == 0u);
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let width = p.D / 4u;
  let quads = (p.N + 3u) / 4u;
  var down = (p.K + 7u) / 8u;
  if (SHARED) { down = 1u; }
  let tile = (wid.x + p.x0) * WG + lane;
  let m = tile / (width * down);
  if (m >= p.M) { return; }
  let row = m + p.m0;
  let column = tile % width;
  let first = tile / width % down * 8u;
  var end = first + 8u;
  if (SHARED) { end = p.K; }
  var all = vec4f();
  for (var k = first; k < end; k += 8u) {
    let last = p.K - 1u;
    let k1 = min(k + 1u, last); let k2 = min(k + 2u, last); let k3 = min(k + 3u, last);
    let k4 = min(k + 4u, last); let k5 = min(k + 5u, last); let k6 = min(k + 6u, last); let k7 = min(k + 7u, last);
    var a0 = vec4f(); var a1 = vec4f(); var a2 = vec4f(); var a3 = vec4f(); var a4 = vec4f(); var a5 = vec4f(); var a6 = vec4f(); var a7 = vec4f();
    for (var i = 0u; i < quads; i++) {
      let c = vec4u(candidate(row, 4u * i), candidate(row, 4u * i + 1u), candidate(row, 4u * i + 2u), candidate(row, 4u * i + 3u)) * width + column;
      let rows = mat4x4f(z[c.x], z[c.y], z[c.z], z[c.w]);
      a0 += rows * negatives((k * p.M + m) * quads, i); a1 += rows * negatives((k1 * p.M + m) * quads, i);
      a2 += rows * negatives((k2 * p.M + m) * quads, i); a3 += rows * negatives((k3 * p.M + m) * quads, i);
      a4 += rows * negatives((k4 * p.M + m) * quads, i); a5 += rows * negatives((k5 * p.M + m) * quads, i);
      a6 += rows * negatives((k6 * p.M + m) * quads, i); a7 += rows * negatives((k7 * p.M + m) * quads, i);
    }
    all += finish(m, k, column, a0) + finish(m, k + 1u, column, a1) + finish(m, k + 2u, column, a2) + finish(m, k + 3u, column, a3)
      + finish(m, k + 4u, column, a4) + finish(m, k + 5u, column, a5) + finish(m, k + 6u, column, a6) + finish(m, k + 7u, column, a7);
  }
  if (SHARED) { dq[row * width + column] = all; }
}

// Adds the positive, weighs, and stores unless steps share one prediction. 0 past the last step.
fn finish(m: u32, k: u32, column: u32, negatives: vec4f) -> vec4f {
  if (k >= p.K) { return vec4f(); }
  let width = p.D / 4u;
  let row = m + p.m0;
  let to = min(row + (k + 1u + p.skip) * p.stride, p.R - 1u);
  let positive = d[(k * p.M + m) * ((p.N + 3u) / 4u)].x * z[to * width + column];
  let sum = p.alpha * tally[p.K + k] * (negatives + positive);
  if (!SHARED) { dq[(row * p.Q + k) * width + column] = sum; }
  return sum;
}
