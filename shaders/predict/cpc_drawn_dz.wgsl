// dz[c,:] (+)= alpha sum_k weight_k (d[k,c - ahead_k,0] q_k(c - ahead_k) + sum_j d[k,users[c,j],j+1] q_k(users[c,j])), of M anchors from m0 on
// q: f32[R,Q,D]   users: u32[R,n] (who drew row c)   d: f32[K,M,N/4,4] (of cpc_softmax)   tally: f32[2*K]   ->  dz: f32[R,D]
// grid [R*D/16/32]: an invocation computes 16 columns of one row. Adds when `more`. The draws are permutations, so nothing is scattered.
// Requires D % 4 = 0, N = n + 1.
override WG: u32 = 32u;
struct Params { R: u32, Q: u32, D: u32, K: u32, M: u32, N: u32, n: u32, T: u32, m0: u32, skip: u32, stride: u32, more: u32, alpha: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> q: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> users: array<u32>;
@group(0) @binding(3) var<storage, read> d: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> tally: array<f32>;
@group(0) @binding(5) var<storage, read_write> dz: array<vec4<f32>>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let width = p.D / 4u;
  let across = (width + 3u) / 4u;
  let quads = (p.N + 3u) / 4u;
  let tile = (wid.x + p.x0) * WG + lane;
  let row = tile / across;
  if (row >= p.R) { return; }
  let columns = tile % across + vec4u(0u, 1u, 2u, 3u) * across;
  let at = min(columns, vec4u(width - 1u));
  var a = vec4f(); var b = vec4f(); var c = vec4f(); var e = vec4f();
  for (var j = 0u; j < p.n; j++) {
    let user = users[row * p.n + j];
    if (user < p.m0 || user >= p.m0 + p.M) { continue; }       // nobody, or an anchor of another turn
    for (var k = 0u; k < p.K; k++) {
      let f = tally[p.K + k] * d[(k * p.M + user - p.m0) * quads + (j + 1u) / 4u][(j + 1u) % 4u];
      let query = vec4u((user * p.Q + min(k, p.Q - 1u)) * width) + at;
      a += f * q[query.x]; b += f * q[query.y]; c += f * q[query.z]; e += f * q[query.w];
    }
  }
  for (var k = 0u; k < p.K; k++) {
    let ahead = (k + 1u + p.skip) * p.stride;
    if (row % p.T < ahead) { continue; }
    let anchor = row - ahead;
    if (anchor < p.m0 || anchor >= p.m0 + p.M) { continue; }
    let f = tally[p.K + k] * d[(k * p.M + anchor - p.m0) * quads].x;
    let query = vec4u((anchor * p.Q + min(k, p.Q - 1u)) * width) + at;
    a += f * q[query.x]; b += f * q[query.y]; c += f * q[query.z]; e += f * q[query.w];
  }
  store(row, columns.x, a); store(row, columns.y, b); store(row, columns.z, c); store(row, columns.w, e);
}

fn store(row: u32, column: u32, v: vec4f) {
  let width = p.D / 4u;
  if (column >= width) { return; }
  let i = row * width + column;
  if (p.more == 0u) { dz[i] = p.alpha * v; } else { dz[i] += p.alpha * v; }
}
