// One pass over the sampled bank rows of every anchor: scores, what the loss needs of them, and the gradient sum.
//   s_k = v . w_k / T,   m = max s_k,   S = sum exp(s_k - m)
//   softmax:  cost = 0,                   partial = sum exp(s_k - m) w_k             Wu et al. 2018 (arXiv:1805.01978), eq. 2, sampled
//   NCE:      cost = sum softplus(a_k),   partial = sum sigmoid(a_k) w_k             eq. 5-7 with a_k = s_k - ln Z - ln(K/N + 1e-7)
// features: f32[B,D]   bank: f32[N,D]   index: u32[B]   negatives: u32[L] (B*K row numbers, or anything when DRAW)   log_z: f32[2]
//   ->  stats: f32[B,P,4] (m, S, cost, 0)   partial: f32[B,P,D]
// grid [P/TEAMS, B]: a team of LANES lanes shares a row (16 numbers a lane) and takes `per` candidates, four at a time.
// Negatives are drawn for anchor b + anchor0 of the step: its batch may be a part of a larger one.
// Requires D % 4 = 0, 16 * LANES >= D, per % 4 = 0, P * per >= K, P % TEAMS = 0, row numbers < N, N >= 2 unless KEEP.
//#import stable
//#import negatives
//#import step
override LANES: u32 = 8u;
override TEAMS: u32 = 4u;
override NCE: bool = false;
override DRAW: bool = true;       // draw the negatives here, or take them from `negatives`
override KEEP: bool = false;      // drawn negatives may be the positive
struct Params { B: u32, K: u32, D: u32, N: u32, L: u32, P: u32, per: u32, anchor0: u32, inv_tau: f32, log_noise: f32, x0: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> features: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> bank: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> index: array<u32>;
@group(0) @binding(4) var<storage, read> negatives: array<u32>;
@group(0) @binding(5) var<storage, read> log_z: array<f32>;
@group(0) @binding(6) var<storage, read_write> stats: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> partial: array<vec4<f32>>;
@group(0) @binding(8) var<uniform> step: Step;

var<workgroup> dots: array<vec4<f32>, 2 * LANES * TEAMS>;   // two halves in turn, so that one barrier a round is enough

// A lane's share of a row: columns lane, lane + LANES, ... of vec4.
struct Share { a: vec4<f32>, b: vec4<f32>, c: vec4<f32>, d: vec4<f32> }

fn share(row: u32, columns: vec4<u32>) -> Share {
  let base = row * (p.D / 4u);
  return Share(bank[base + columns.x], bank[base + columns.y], bank[base + columns.z], bank[base + columns.w]);
}

fn product(q: Share, w: Share) -> f32 {
  return dot(q.a, w.a) + dot(q.b, w.b) + dot(q.c, w.c) + dot(q.d, w.d);
}

fn candidates(b: u32, k: u32) -> vec4<u32> {
  let y = index[b]; // not within the call: wgsl_reflect's interpreter would look it up with the callee's b
  if (DRAW) { return draw_negatives(step.seed, step.step, p.anchor0 + b, k / 4u, y, p.N, KEEP); }
  let at = b * p.K;
  let last = p.K - 1u;
  return vec4<u32>(negatives[at + min(k, last)], negatives[at + min(k + 1u, last)], negatives[at + min(k + 2u, last)], negatives[at + min(k + 3u, last)]);
}

@compute @workgroup_size(LANES, TEAMS)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let b = wid.y + p.y0;
  let part = (wid.x + p.x0) * TEAMS + lid.y;
  let d = p.D / 4u;
  let wanted = vec4<u32>(lid.x, lid.x + LANES, lid.x + 2u * LANES, lid.x + 3u * LANES);
  let columns = min(wanted, vec4<u32>(d - 1u));
  let real = select(vec4<f32>(0.0), vec4<f32>(1.0), wanted < vec4<u32>(d));      // columns past D count nothing
  let v = b * d;
  let q = Share(features[v + columns.x] * real.x, features[v + columns.y] * real.y, features[v + columns.z] * real.z, features[v + columns.w] * real.w);
  let shift = log_z[0] + p.log_noise;
  var m = MASKED;
  var total = 0.0;
  var cost = 0.0;
  var ga = vec4<f32>(); var gb = vec4<f32>(); var gc = vec4<f32>(); var gd = vec4<f32>();

  for (var i = 0u; i < p.per; i += 4u) {
    let k = part * p.per + i;
    let j = candidates(b, k);
    let w0 = share(j.x, columns);
    let w1 = share(j.y, columns);
    let w2 = share(j.z, columns);
    let w3 = share(j.w, columns);
    let base = ((i / 4u) % 2u * TEAMS + lid.y) * LANES;
    dots[base + lid.x] = vec4<f32>(product(q, w0), product(q, w1), product(q, w2), product(q, w3));
    workgroupBarrier();
    var sum = vec4<f32>();
    for (var l = 0u; l < LANES; l++) { sum += dots[base + l]; }

    let counts = vec4<u32>(k, k + 1u, k + 2u, k + 3u) < vec4<u32>(p.K);
    let s = select(vec4<f32>(MASKED), sum * p.inv_tau, counts);
    let before = m;
    m = max(m, max(max(s.x, s.y), max(s.z, s.w)));
    let shrink = exp(before - m);
    let e = select(vec4<f32>(0.0), exp(s - m), counts);
    total = total * shrink + dot(e, vec4<f32>(1.0));
    var c = e;
    if (NCE) {
      let a = s - shift;
      c = vec4<f32>(sigmoid(a.x), sigmoid(a.y), sigmoid(a.z), sigmoid(a.w));
      cost += softplus(a.x) + softplus(a.y) + softplus(a.z) + softplus(a.w);
    } else {
      ga *= shrink; gb *= shrink; gc *= shrink; gd *= shrink;
    }
    ga += c.x * w0.a + c.y * w1.a + c.z * w2.a + c.w * w3.a;
    gb += c.x * w0.b + c.y * w1.b + c.z * w2.b + c.w * w3.b;
    gc += c.x * w0.c + c.y * w1.c + c.z * w2.c + c.w * w3.c;
    gd += c.x * w0.d + c.y * w1.d + c.z * w2.d + c.w * w3.d;
  }

  let out = b * p.P + part;
  if (lid.x == 0u) { stats[out] = vec4<f32>(m, total, cost, 0.0); }
  if (wanted.x < d) { partial[out * d + wanted.x] = ga; }
  if (wanted.y < d) { partial[out * d + wanted.y] = gb; }
  if (wanted.z < d) { partial[out * d + wanted.z] = gc; }
  if (wanted.w < d) { partial[out * d + wanted.w] = gd; }
}
