// One pass over an anchor's sampled rows, each shared by the lanes of a subgroup: no workgroup memory and no barrier. The body of bank_sampled_sub
// and edge_sampled_sub, whose headers say what it computes.
// Argument: a row is loaded once, in vec4 next to each other (512 bytes a turn of a subgroup of 32), and the only exchange is one subgroupAdd of
// four products; on a CPU, where a barrier costs as much as fifteen loads, this is all the difference (reading/kernels.md 3). There rows also come
// from memory one cache line after the other unless all lines of the four rows are asked for at once: so a lane has runs of 64 bytes, one line
// each, and the first vec4 of every run is loaded before the rest of any.
// The importing kernel declares what lib/sampled wants, and `enable subgroups`.
//#import sampled_weights
//#import bank_read
override FOURS: u32 = 8u;             // vec4 of a piece of a row that a lane has, 1 to 8
override PIECES: u32 = 1u;            // pieces of a row, 1 to 4
override RUNS: bool = true;           // a lane's vec4 lie next to each other, up to four (CPUs), not those of neighbouring lanes (GPUs)

// Numbers of vec4 within a row.
struct Columns { low: vec4<u32>, high: vec4<u32> }

// Those of a lane in a piece; from FOURS on they mean nothing, and they may lie past the row.
fn columns_of(piece: u32, lane: u32, lanes: u32) -> Columns {
  let start = vec4<u32>(piece * FOURS * lanes) + vec4<u32>(0u, 1u, 2u, 3u);
  if (RUNS) { return Columns(start + min(FOURS, 4u) * lane, start + 4u * lanes + (max(FOURS, 4u) - 4u) * lane); }
  let low = vec4<u32>(piece * FOURS * lanes + lane) + lanes * vec4<u32>(0u, 1u, 2u, 3u);
  return Columns(low, low + 4u * lanes);
}

fn within(wanted: Columns, d: u32) -> Columns {
  return Columns(min(wanted.low, vec4<u32>(d - 1u)), min(wanted.high, vec4<u32>(d - 1u)));
}

// A lane's share of a piece, and those of four rows.
struct Share { a: vec4<f32>, b: vec4<f32>, c: vec4<f32>, d: vec4<f32>, e: vec4<f32>, f: vec4<f32>, g: vec4<f32>, h: vec4<f32> }
struct Shares { x: Share, y: Share, z: Share, w: Share }

// The first vec4 of each run of a row that starts at `base`.
fn first_of(base: u32, at: Columns) -> Share {
  var s = Share();
  s.a = bank_read(base + at.low.x);
  if (FOURS > 4u) { s.e = bank_read(base + at.high.x); }
  return s;
}

fn rest_of(base: u32, at: Columns, first: Share) -> Share {
  var s = first;
  if (FOURS > 1u) { s.b = bank_read(base + at.low.y); }
  if (FOURS > 2u) { s.c = bank_read(base + at.low.z); }
  if (FOURS > 3u) { s.d = bank_read(base + at.low.w); }
  if (FOURS > 5u) { s.f = bank_read(base + at.high.y); }
  if (FOURS > 6u) { s.g = bank_read(base + at.high.z); }
  if (FOURS > 7u) { s.h = bank_read(base + at.high.w); }
  return s;
}

fn firsts(base: vec4<u32>, at: Columns) -> Shares {
  return Shares(first_of(base.x, at), first_of(base.y, at), first_of(base.z, at), first_of(base.w, at));
}

fn rests(base: vec4<u32>, at: Columns, s: Shares) -> Shares {
  return Shares(rest_of(base.x, at, s.x), rest_of(base.y, at, s.y), rest_of(base.z, at, s.z), rest_of(base.w, at, s.w));
}

// Of the anchor whose features start at `start`; columns past the row's d count nothing.
fn anchor_share(start: u32, wanted: Columns, d: u32) -> Share {
  let at = within(wanted, d);
  let low = select(vec4<f32>(0.0), vec4<f32>(1.0), wanted.low < vec4<u32>(d));
  let high = select(vec4<f32>(0.0), vec4<f32>(1.0), wanted.high < vec4<u32>(d));
  return Share(
    features[start + at.low.x] * low.x, features[start + at.low.y] * low.y, features[start + at.low.z] * low.z, features[start + at.low.w] * low.w,
    features[start + at.high.x] * high.x, features[start + at.high.y] * high.y, features[start + at.high.z] * high.z, features[start + at.high.w] * high.w,
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

fn products(q: Share, w: Shares) -> vec4<f32> {
  return vec4<f32>(product(q, w.x), product(q, w.y), product(q, w.z), product(q, w.w));
}

// keep * sum + c.x * w.x + ... + c.w * w.w
fn added(sum: Share, keep: f32, c: vec4<f32>, w: Shares) -> Share {
  var s = sum;
  s.a = keep * s.a + c.x * w.x.a + c.y * w.y.a + c.z * w.z.a + c.w * w.w.a;
  if (FOURS > 1u) { s.b = keep * s.b + c.x * w.x.b + c.y * w.y.b + c.z * w.z.b + c.w * w.w.b; }
  if (FOURS > 2u) { s.c = keep * s.c + c.x * w.x.c + c.y * w.y.c + c.z * w.z.c + c.w * w.w.c; }
  if (FOURS > 3u) { s.d = keep * s.d + c.x * w.x.d + c.y * w.y.d + c.z * w.z.d + c.w * w.w.d; }
  if (FOURS > 4u) { s.e = keep * s.e + c.x * w.x.e + c.y * w.y.e + c.z * w.z.e + c.w * w.w.e; }
  if (FOURS > 5u) { s.f = keep * s.f + c.x * w.x.f + c.y * w.y.f + c.z * w.z.f + c.w * w.w.f; }
  if (FOURS > 6u) { s.g = keep * s.g + c.x * w.x.g + c.y * w.y.g + c.z * w.z.g + c.w * w.w.g; }
  if (FOURS > 7u) { s.h = keep * s.h + c.x * w.x.h + c.y * w.y.h + c.z * w.z.h + c.w * w.w.h; }
  return s;
}

fn store_partial(start: u32, wanted: Columns, d: u32, s: Share) {
  if (wanted.low.x < d) { partial[start + wanted.low.x] = s.a; }
  if (FOURS > 1u && wanted.low.y < d) { partial[start + wanted.low.y] = s.b; }
  if (FOURS > 2u && wanted.low.z < d) { partial[start + wanted.low.z] = s.c; }
  if (FOURS > 3u && wanted.low.w < d) { partial[start + wanted.low.w] = s.d; }
  if (FOURS > 4u && wanted.high.x < d) { partial[start + wanted.high.x] = s.e; }
  if (FOURS > 5u && wanted.high.y < d) { partial[start + wanted.high.y] = s.f; }
  if (FOURS > 6u && wanted.high.z < d) { partial[start + wanted.high.z] = s.g; }
  if (FOURS > 7u && wanted.high.w < d) { partial[start + wanted.high.w] = s.h; }
}

// Negatives k to k + 3 of anchor b: given ones are loaded by one lane each.
fn four_rows(b: u32, k: u32, lane: u32) -> vec4<u32> {
  if (DRAW) { return four_negatives(b, k); }
  let own = rows[b * p.K + min(k + (lane & 3u), p.K - 1u)];
  return vec4<u32>(subgroupBroadcast(own, 0u), subgroupBroadcast(own, 1u), subgroupBroadcast(own, 2u), subgroupBroadcast(own, 3u));
}

// Of the candidates k + lane % 4 alone: the sum of exp(s - m) and the cost; the latest one's weight, and what a higher m leaves of earlier sums.
// m is the maximum of all scores so far; with NCE, whose weights do not depend on it, of the lane's.
struct OwnSums { m: f32, total: f32, cost: f32, weight: f32, shrink: f32 }

// As weigh (lib/sampled_weights), with exponentials and logarithms of one candidate a lane instead of all four in every lane.
fn weigh_own(before: OwnSums, products: vec4<f32>, k: u32, there: vec4<bool>, shift: f32, lane: u32) -> OwnSums {
  let counts = (vec4<u32>(k, k + 1u, k + 2u, k + 3u) < vec4<u32>(p.K)) & there;
  let scores = select(vec4<f32>(MASKED), products * p.inv_tau, counts);
  let s = select(select(scores.x, scores.y, (lane & 1u) > 0u), select(scores.z, scores.w, (lane & 1u) > 0u), (lane & 2u) > 0u);
  var m = max(before.m, s);
  if (!NCE) { m = max(before.m, max(max(scores.x, scores.y), max(scores.z, scores.w))); }
  let shrink = exp(before.m - m);
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
  let wanted0 = columns_of(0u, lane, lanes);
  let at0 = within(wanted0, d);
  let wanted1 = columns_of(1u, lane, lanes);
  let at1 = within(wanted1, d);
  let wanted2 = columns_of(2u, lane, lanes);
  let at2 = within(wanted2, d);
  let wanted3 = columns_of(3u, lane, lanes);
  let at3 = within(wanted3, d);
  var q0 = Share();
  var grad0 = Share();
  var q1 = Share();
  var grad1 = Share();
  var q2 = Share();
  var grad2 = Share();
  var q3 = Share();
  var grad3 = Share();
  q0 = anchor_share(source * d, wanted0, d);
  if (PIECES > 1u) { q1 = anchor_share(source * d, wanted1, d); }
  if (PIECES > 2u) { q2 = anchor_share(source * d, wanted2, d); }
  if (PIECES > 3u) { q3 = anchor_share(source * d, wanted3, d); }
  var sums = OwnSums(MASKED, 0.0, 0.0, 0.0, 1.0);
  var ahead = first + four_rows(b, part * p.per, lane);

  for (var i = 0u; i < p.per; i += 4u) {
    let k = part * p.per + i;
    let j = ahead;
    let base = j * d;
    ahead = first + four_rows(b, k + 4u, lane);
    var w0 = Shares();
    var w1 = Shares();
    var w2 = Shares();
    var w3 = Shares();
    w0 = firsts(base, at0);
    if (PIECES > 1u) { w1 = firsts(base, at1); }
    if (PIECES > 2u) { w2 = firsts(base, at2); }
    if (PIECES > 3u) { w3 = firsts(base, at3); }
    w0 = rests(base, at0, w0);
    if (PIECES > 1u) { w1 = rests(base, at1, w1); }
    if (PIECES > 2u) { w2 = rests(base, at2, w2); }
    if (PIECES > 3u) { w3 = rests(base, at3, w3); }
    var dots = products(q0, w0);
    if (PIECES > 1u) { dots += products(q1, w1); }
    if (PIECES > 2u) { dots += products(q2, w2); }
    if (PIECES > 3u) { dots += products(q3, w3); }
    sums = weigh_own(sums, subgroupAdd(dots), k, candidates(j), shift, lane);
    let own = sums.weight;
    let c = vec4<f32>(subgroupBroadcast(own, 0u), subgroupBroadcast(own, 1u), subgroupBroadcast(own, 2u), subgroupBroadcast(own, 3u));
    grad0 = added(grad0, sums.shrink, c, w0);
    if (PIECES > 1u) { grad1 = added(grad1, sums.shrink, c, w1); }
    if (PIECES > 2u) { grad2 = added(grad2, sums.shrink, c, w2); }
    if (PIECES > 3u) { grad3 = added(grad3, sums.shrink, c, w3); }
  }

  let m = subgroupMax(sums.m);
  let both = subgroupAdd(select(vec2<f32>(), vec2<f32>(sums.total * exp(sums.m - m), sums.cost), lane < 4u));
  if (part >= p.P) { return; }
  let out = to * p.P + part;
  if (lane == 0u) { stats[out] = vec4<f32>(m, both, 0.0); }
  store_partial(out * d, wanted0, d, grad0);
  if (PIECES > 1u) { store_partial(out * d, wanted1, d, grad1); }
  if (PIECES > 2u) { store_partial(out * d, wanted2, d, grad2); }
  if (PIECES > 3u) { store_partial(out * d, wanted3, d, grad3); }
}
