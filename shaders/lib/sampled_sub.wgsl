// One pass over an anchor's sampled rows, each shared by the lanes of a subgroup: no workgroup memory and no barrier. The body of bank_sampled_sub
// and edge_sampled_sub, whose headers say what it computes.
// Argument: a row is loaded once, in vec4 next to each other (512 bytes a turn of a subgroup of 32), and the only exchange is one subgroupAdd of
// four products; on a CPU, where a barrier costs as much as fifteen loads, this is all the difference (reading/kernels.md 3). There rows also come
// from memory one cache line after the other unless all lines are asked for at once, a turn ahead.
// The importing kernel declares what lib/sampled wants, and `enable subgroups`.
//#import sampled_weights
//#import bank_read
override FOURS: u32 = 8u;             // vec4 of a row that a lane has, 1 to 8
override AHEAD: bool = true;          // touch the next turn's rows, for processors that wait for memory in order: CPUs

// A lane's share of a row: columns lane, lane + lanes, ... of vec4, where there are so many.
struct Share { a: vec4<f32>, b: vec4<f32>, c: vec4<f32>, d: vec4<f32>, e: vec4<f32>, f: vec4<f32>, g: vec4<f32>, h: vec4<f32> }

fn share(row: u32, low: vec4<u32>, high: vec4<u32>) -> Share {
  let base = row * (p.D / 4u);
  var s = Share();
  s.a = bank_read(base + low.x);
  if (FOURS > 1u) { s.b = bank_read(base + low.y); }
  if (FOURS > 2u) { s.c = bank_read(base + low.z); }
  if (FOURS > 3u) { s.d = bank_read(base + low.w); }
  if (FOURS > 4u) { s.e = bank_read(base + high.x); }
  if (FOURS > 5u) { s.f = bank_read(base + high.y); }
  if (FOURS > 6u) { s.g = bank_read(base + high.z); }
  if (FOURS > 7u) { s.h = bank_read(base + high.w); }
  return s;
}

fn anchor_share(start: u32, low: vec4<u32>, high: vec4<u32>, real_low: vec4<f32>, real_high: vec4<f32>) -> Share {
  return Share(
    features[start + low.x] * real_low.x, features[start + low.y] * real_low.y, features[start + low.z] * real_low.z, features[start + low.w] * real_low.w,
    features[start + high.x] * real_high.x, features[start + high.y] * real_high.y, features[start + high.z] * real_high.z, features[start + high.w] * real_high.w,
  );
}

fn product(q: Share, w: Share) -> f32 {
  var sum = dot(q.a, w.a);
  if (FOURS > 1u) { sum += dot(q.b, w.b); }
  if (FOURS > 2u) { sum += dot(q.c, w.c); }
  if (FOURS > 3u) { sum += dot(q.d, w.d); }
  if (FOURS > 4u) { sum += dot(q.e, w.e); }
  if (FOURS > 5u) { sum += dot(q.f, w.f); }
  if (FOURS > 6u) { sum += dot(q.g, w.g); }
  if (FOURS > 7u) { sum += dot(q.h, w.h); }
  return sum;
}

// Negatives k to k + 3 of anchor b: given ones are loaded by one lane each.
fn four_rows(b: u32, k: u32, lane: u32) -> vec4<u32> {
  if (DRAW) { return four_negatives(b, k); }
  let own = rows[b * p.K + min(k + (lane & 3u), p.K - 1u)];
  return vec4<u32>(subgroupBroadcast(own, 0u), subgroupBroadcast(own, 1u), subgroupBroadcast(own, 2u), subgroupBroadcast(own, 3u));
}

// A number that says nothing, from the place of four: of floats, or of halves two a word.
fn bank_touch(at: u32) -> f32 {
  return f32(bank[at].x);
}

// One number of every 64 bytes of a row. (Of a bank in shards those of the first; elsewhere it touches what does no harm.)
fn touch(row: u32, lane: u32, lanes: u32) -> f32 {
  let base = row * (p.D / 4u);
  let last = p.D / 4u - 1u;
  var most = bank_touch(base + min(4u * lane, last));
  if (FOURS > 4u) { most = max(most, bank_touch(base + min(4u * (lane + lanes), last))); }
  return most;
}

// Maximum m of all scores so far; then, of the candidates k + lane % 4 alone, the sum of exp(s - m) and the cost; the latest one's weight, and what a
// higher m leaves of earlier sums.
struct OwnSums { m: f32, total: f32, cost: f32, weight: f32, shrink: f32 }

// As weigh (lib/sampled_weights), with exponentials and logarithms of one candidate a lane instead of all four in every lane.
fn weigh_own(before: OwnSums, products: vec4<f32>, k: u32, there: vec4<bool>, shift: f32, lane: u32) -> OwnSums {
  let counts = (vec4<u32>(k, k + 1u, k + 2u, k + 3u) < vec4<u32>(p.K)) & there;
  let scores = select(vec4<f32>(MASKED), products * p.inv_tau, counts);
  let m = max(before.m, max(max(scores.x, scores.y), max(scores.z, scores.w)));
  let shrink = exp(before.m - m);
  let s = select(select(scores.x, scores.y, (lane & 1u) > 0u), select(scores.z, scores.w, (lane & 1u) > 0u), (lane & 2u) > 0u);
  let e = select(0.0, exp(s - m), s > MASKED);
  let total = before.total * shrink + e;
  if (!NCE) { return OwnSums(m, total, 0.0, e, shrink); }
  let a = s - shift;
  let x = exp(-abs(a));
  return OwnSums(m, total, before.cost + max(a, 0.0) + log1p(x), select(x, 1.0, a >= 0.0) / (1.0 + x), 1.0);
}

// As contrast_sampled (lib/sampled), for a subgroup of `lanes` lanes; parts of P or more write nothing.
fn contrast_sampled_sub(b: u32, part: u32, lane: u32, lanes: u32, source: u32, first: u32, to: u32, shift: f32) {
  let d = p.D / 4u;
  let wanted_low = vec4<u32>(lane) + lanes * vec4<u32>(0u, 1u, 2u, 3u);
  let wanted_high = wanted_low + 4u * lanes;
  let low = min(wanted_low, vec4<u32>(d - 1u));
  let high = min(wanted_high, vec4<u32>(d - 1u));
  let real_low = select(vec4<f32>(0.0), vec4<f32>(1.0), wanted_low < vec4<u32>(d));      // columns past D count nothing
  let real_high = select(vec4<f32>(0.0), vec4<f32>(1.0), wanted_high < vec4<u32>(d));
  let q = anchor_share(source * d, low, high, real_low, real_high);
  var sums = OwnSums(MASKED, 0.0, 0.0, 0.0, 1.0);
  var grad = Share();
  var ahead = first + four_rows(b, part * p.per, lane);
  var touched = 0.0;

  for (var i = 0u; i < p.per; i += 4u) {
    let k = part * p.per + i;
    let j = ahead;
    ahead = first + four_rows(b, k + 4u, lane);
    if (AHEAD) {
      touched = max(touched, max(touch(ahead.x, lane, lanes), touch(ahead.y, lane, lanes)));
      touched = max(touched, max(touch(ahead.z, lane, lanes), touch(ahead.w, lane, lanes)));
    }
    let w0 = share(j.x, low, high);
    let w1 = share(j.y, low, high);
    let w2 = share(j.z, low, high);
    let w3 = share(j.w, low, high);
    let sum = subgroupAdd(vec4<f32>(product(q, w0), product(q, w1), product(q, w2), product(q, w3)));
    sums = weigh_own(sums, sum, k, candidates(j), shift, lane);
    let own = sums.weight;
    let c = vec4<f32>(subgroupBroadcast(own, 0u), subgroupBroadcast(own, 1u), subgroupBroadcast(own, 2u), subgroupBroadcast(own, 3u));
    let keep = sums.shrink;
    grad.a = keep * grad.a + c.x * w0.a + c.y * w1.a + c.z * w2.a + c.w * w3.a;
    if (FOURS > 1u) { grad.b = keep * grad.b + c.x * w0.b + c.y * w1.b + c.z * w2.b + c.w * w3.b; }
    if (FOURS > 2u) { grad.c = keep * grad.c + c.x * w0.c + c.y * w1.c + c.z * w2.c + c.w * w3.c; }
    if (FOURS > 3u) { grad.d = keep * grad.d + c.x * w0.d + c.y * w1.d + c.z * w2.d + c.w * w3.d; }
    if (FOURS > 4u) { grad.e = keep * grad.e + c.x * w0.e + c.y * w1.e + c.z * w2.e + c.w * w3.e; }
    if (FOURS > 5u) { grad.f = keep * grad.f + c.x * w0.f + c.y * w1.f + c.z * w2.f + c.w * w3.f; }
    if (FOURS > 6u) { grad.g = keep * grad.g + c.x * w0.g + c.y * w1.g + c.z * w2.g + c.w * w3.g; }
    if (FOURS > 7u) { grad.h = keep * grad.h + c.x * w0.h + c.y * w1.h + c.z * w2.h + c.w * w3.h; }
  }

  let kept = sums.cost + select(0.0, touched, touched > 3e38); // never; but what nobody used, nobody would load
  let both = subgroupAdd(select(vec2<f32>(), vec2<f32>(sums.total, kept), lane < 4u));
  if (part >= p.P) { return; }
  let out = to * p.P + part;
  if (lane == 0u) { stats[out] = vec4<f32>(sums.m, both, 0.0); }
  if (wanted_low.x < d) { partial[out * d + wanted_low.x] = grad.a; }
  if (FOURS > 1u && wanted_low.y < d) { partial[out * d + wanted_low.y] = grad.b; }
  if (FOURS > 2u && wanted_low.z < d) { partial[out * d + wanted_low.z] = grad.c; }
  if (FOURS > 3u && wanted_low.w < d) { partial[out * d + wanted_low.w] = grad.d; }
  if (FOURS > 4u && wanted_high.x < d) { partial[out * d + wanted_high.x] = grad.e; }
  if (FOURS > 5u && wanted_high.y < d) { partial[out * d + wanted_high.y] = grad.f; }
  if (FOURS > 6u && wanted_high.z < d) { partial[out * d + wanted_high.z] = grad.g; }
  if (FOURS > 7u && wanted_high.w < d) { partial[out * d + wanted_high.w] = grad.h; }
}
