// One pass over an anchor's sampled rows: the body of bank_sampled and edge_sampled, whose headers say what it computes.
// The importing kernel declares Params p, the bindings features, bank, rows, stats, partial, step, and
// fn candidates(vec4<u32>) -> vec4<bool>: which rows of bank count, and fn anchor_number(u32) -> u32 (lib/sampled_weights).
//#import sampled_weights
//#import bank_read
override LANES: u32 = 8u;
override TEAMS: u32 = 4u;

var<workgroup> dots: array<vec4<f32>, 2 * LANES * TEAMS>;   // two halves in turn, so that one barrier a round is enough

// A lane's share of a row: columns lane, lane + LANES, ... of vec4.
struct Share { a: vec4<f32>, b: vec4<f32>, c: vec4<f32>, d: vec4<f32> }

fn share(row: u32, columns: vec4<u32>) -> Share {
  let base = row * (p.D / 4u);
  return Share(bank_read(base + columns.x), bank_read(base + columns.y), bank_read(base + columns.z), bank_read(base + columns.w));
}

fn product(q: Share, w: Share) -> f32 {
  return dot(q.a, w.a) + dot(q.b, w.b) + dot(q.c, w.c) + dot(q.d, w.d);
}

// Anchor `b` of the batch against its negatives of `part`. Its features are row `source` of features, the candidates start at row `first` of
// bank, what comes out is anchor `to` of stats and partial. Scores are compared with `shift` (NCE).
fn contrast_sampled(b: u32, part: u32, lid: vec3u, source: u32, first: u32, to: u32, shift: f32) {
  let d = p.D / 4u;
  let wanted = vec4<u32>(lid.x, lid.x + LANES, lid.x + 2u * LANES, lid.x + 3u * LANES);
  let columns = min(wanted, vec4<u32>(d - 1u));
  let real = select(vec4<f32>(0.0), vec4<f32>(1.0), wanted < vec4<u32>(d));      // columns past D count nothing
  let v = source * d;
  let q = Share(features[v + columns.x] * real.x, features[v + columns.y] * real.y, features[v + columns.z] * real.z, features[v + columns.w] * real.w);
  var sums = Sums(MASKED, 0.0, 0.0, 1.0, vec4<f32>());
  var ga = vec4<f32>(); var gb = vec4<f32>(); var gc = vec4<f32>(); var gd = vec4<f32>();

  for (var i = 0u; i < p.per; i += 4u) {
    let k = part * p.per + i;
    let j = first + four_negatives(b, k);
    let w0 = share(j.x, columns);
    let w1 = share(j.y, columns);
    let w2 = share(j.z, columns);
    let w3 = share(j.w, columns);
    let base = ((i / 4u) % 2u * TEAMS + lid.y) * LANES;
    dots[base + lid.x] = vec4<f32>(product(q, w0), product(q, w1), product(q, w2), product(q, w3));
    workgroupBarrier();
    var sum = vec4<f32>();
    for (var l = 0u; l < LANES; l++) { sum += dots[base + l]; }

    sums = weigh(sums, sum, k, candidates(j), shift);
    let c = sums.weights;
    if (!NCE) { ga *= sums.shrink; gb *= sums.shrink; gc *= sums.shrink; gd *= sums.shrink; }
    ga += c.x * w0.a + c.y * w1.a + c.z * w2.a + c.w * w3.a;
    gb += c.x * w0.b + c.y * w1.b + c.z * w2.b + c.w * w3.b;
    gc += c.x * w0.c + c.y * w1.c + c.z * w2.c + c.w * w3.c;
    gd += c.x * w0.d + c.y * w1.d + c.z * w2.d + c.w * w3.d;
  }

  let out = to * p.P + part;
  if (lid.x == 0u) { stats[out] = vec4<f32>(sums.m, sums.total, sums.cost, 0.0); }
  if (wanted.x < d) { partial[out * d + wanted.x] = ga; }
  if (wanted.y < d) { partial[out * d + wanted.y] = gb; }
  if (wanted.z < d) { partial[out * d + wanted.z] = gc; }
  if (wanted.w < d) { partial[out * d + wanted.w] = gd; }
}
