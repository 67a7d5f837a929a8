// Every anchor against every row of a bank but its own, in one pass: the body of bank_full and edge_full, whose headers say what it computes.
// The importing kernel declares Params p, the bindings features, bank, index, stats, partial, and fn candidates(vec4<u32>) -> vec4<bool>:
// which rows of bank count.
//#import stable
//#import bank_read
override WG: u32 = 32u;
override BA: u32 = 32u;
override BR: u32 = 64u;

var<workgroup> weights: array<vec4<f32>, BA * BR / 4>;   // [BR/4][BA], four rows a vector: products, then exp(s - m)
var<workgroup> shrink: array<f32, BA>;                   // what a higher maximum leaves of an anchor's sums so far

// Where four rows start. Rows past the end stand for the last one: their weight is 0.
fn starts(first: u32, row: u32) -> vec4<u32> {
  return (first + min(vec4<u32>(row, row + 1u, row + 2u, row + 3u), vec4<u32>(p.N - 1u))) * (p.D / 4u);
}

fn four(at: vec4<u32>) -> mat4x4<f32> {
  return mat4x4<f32>(bank_read(at.x), bank_read(at.y), bank_read(at.z), bank_read(at.w));
}

// Scores from products with four rows: scaled; the positive, rows past the end and rows that are no candidates masked.
fn masked(dots: vec4<f32>, first: u32, row: u32, own: u32) -> vec4<f32> {
  let rows = vec4<u32>(row, row + 1u, row + 2u, row + 3u);
  let out = (rows == vec4<u32>(own)) | (rows >= vec4<u32>(p.N)) | !candidates(first + rows);
  return select(dots * p.inv_tau, vec4<f32>(MASKED), out);
}

// Anchors `anchor` to anchor + BA - 1 against the rows of `split`. Their features start at row `source` of features, the N candidates at row
// `first` of bank, and what comes out at anchor `to` of stats and partial.
fn contrast_full(split: u32, anchor: u32, lane: u32, source: u32, first: u32, to: u32) {
  let d = p.D / 4u;
  let last = p.B - 1u;
  let tall = BA / 8u;
  let a = lane % tall * 8u;                              // first of this lane's anchors, within the tile
  let group = lane / tall;                               // scores: its eight rows, within the tile
  let scoring = group < BR / 8u;
  let wide = (d + 1u) / 2u;
  let left = min(group % wide * 2u, d - 1u);             // gradient: its two columns of vec4
  let right = min(left + 1u, d - 1u);
  let slice = group / wide;                              // and which rows of the tile
  let b0 = min(anchor + a, last); let b1 = min(anchor + a + 1u, last); let b2 = min(anchor + a + 2u, last); let b3 = min(anchor + a + 3u, last);
  let b4 = min(anchor + a + 4u, last); let b5 = min(anchor + a + 5u, last); let b6 = min(anchor + a + 6u, last); let b7 = min(anchor + a + 7u, last);
  let own = index[min(anchor + lane % BA, last)];        // the positive of the anchor whose sums this lane keeps
  var m = MASKED;
  var total = 0.0;
  var g0l = vec4<f32>(); var g1l = vec4<f32>(); var g2l = vec4<f32>(); var g3l = vec4<f32>();
  var g4l = vec4<f32>(); var g5l = vec4<f32>(); var g6l = vec4<f32>(); var g7l = vec4<f32>();
  var g0h = vec4<f32>(); var g1h = vec4<f32>(); var g2h = vec4<f32>(); var g3h = vec4<f32>();
  var g4h = vec4<f32>(); var g5h = vec4<f32>(); var g6h = vec4<f32>(); var g7h = vec4<f32>();

  for (var start = split * p.per; start < min((split + 1u) * p.per, p.N); start += BR) {
    var s0l = vec4<f32>(); var s1l = vec4<f32>(); var s2l = vec4<f32>(); var s3l = vec4<f32>();
    var s4l = vec4<f32>(); var s5l = vec4<f32>(); var s6l = vec4<f32>(); var s7l = vec4<f32>();
    var s0h = vec4<f32>(); var s1h = vec4<f32>(); var s2h = vec4<f32>(); var s3h = vec4<f32>();
    var s4h = vec4<f32>(); var s5h = vec4<f32>(); var s6h = vec4<f32>(); var s7h = vec4<f32>();
    let row = start + group * 8u;
    if (scoring) {
      let v0 = (source + b0) * d; let v1 = (source + b1) * d; let v2 = (source + b2) * d; let v3 = (source + b3) * d; let v4 = (source + b4) * d; let v5 = (source + b5) * d; let v6 = (source + b6) * d; let v7 = (source + b7) * d;
      let low = starts(first, row);
      let high = starts(first, row + 4u);
      for (var i = 0u; i < d; i++) {
        let lo = four(low + i);
        let hi = four(high + i);
        let q0 = features[v0 + i]; s0l += q0 * lo; s0h += q0 * hi;
        let q1 = features[v1 + i]; s1l += q1 * lo; s1h += q1 * hi;
        let q2 = features[v2 + i]; s2l += q2 * lo; s2h += q2 * hi;
        let q3 = features[v3 + i]; s3l += q3 * lo; s3h += q3 * hi;
        let q4 = features[v4 + i]; s4l += q4 * lo; s4h += q4 * hi;
        let q5 = features[v5 + i]; s5l += q5 * lo; s5h += q5 * hi;
        let q6 = features[v6 + i]; s6l += q6 * lo; s6h += q6 * hi;
        let q7 = features[v7 + i]; s7l += q7 * lo; s7h += q7 * hi;
      }
      let at = 2u * group * BA + a;
      weights[at] = s0l; weights[at + 1u] = s1l; weights[at + 2u] = s2l; weights[at + 3u] = s3l;
      weights[at + 4u] = s4l; weights[at + 5u] = s5l; weights[at + 6u] = s6l; weights[at + 7u] = s7l;
      weights[at + BA] = s0h; weights[at + BA + 1u] = s1h; weights[at + BA + 2u] = s2h; weights[at + BA + 3u] = s3h;
      weights[at + BA + 4u] = s4h; weights[at + BA + 5u] = s5h; weights[at + BA + 6u] = s6h; weights[at + BA + 7u] = s7h;
    }
    workgroupBarrier();
    if (lane < BA) {
      let before = m;
      for (var r = 0u; r < BR / 4u; r++) {
        let s = masked(weights[r * BA + lane], first, start + 4u * r, own);
        weights[r * BA + lane] = s;
        m = max(m, max(max(s.x, s.y), max(s.z, s.w)));
      }
      shrink[lane] = exp(before - m);
      total *= shrink[lane];
      for (var r = 0u; r < BR / 4u; r++) {
        let s = weights[r * BA + lane];
        let e = select(exp(s - m), vec4<f32>(0.0), s == vec4<f32>(MASKED));
        weights[r * BA + lane] = e;
        total += dot(e, vec4<f32>(1.0));
      }
    }
    workgroupBarrier();
    if (slice < p.slices) {
      g0l *= shrink[a]; g0h *= shrink[a]; g1l *= shrink[a + 1u]; g1h *= shrink[a + 1u];
      g2l *= shrink[a + 2u]; g2h *= shrink[a + 2u]; g3l *= shrink[a + 3u]; g3h *= shrink[a + 3u];
      g4l *= shrink[a + 4u]; g4h *= shrink[a + 4u]; g5l *= shrink[a + 5u]; g5h *= shrink[a + 5u];
      g6l *= shrink[a + 6u]; g6h *= shrink[a + 6u]; g7l *= shrink[a + 7u]; g7h *= shrink[a + 7u];
      for (var r = slice; r < BR / 4u; r += p.slices) {
        let rows = starts(first, start + 4u * r);
        let lo = four(rows + left);
        let hi = four(rows + right);
        let at = r * BA + a;
        let e0 = weights[at]; g0l += lo * e0; g0h += hi * e0;
        let e1 = weights[at + 1u]; g1l += lo * e1; g1h += hi * e1;
        let e2 = weights[at + 2u]; g2l += lo * e2; g2h += hi * e2;
        let e3 = weights[at + 3u]; g3l += lo * e3; g3h += hi * e3;
        let e4 = weights[at + 4u]; g4l += lo * e4; g4h += hi * e4;
        let e5 = weights[at + 5u]; g5l += lo * e5; g5h += hi * e5;
        let e6 = weights[at + 6u]; g6l += lo * e6; g6h += hi * e6;
        let e7 = weights[at + 7u]; g7l += lo * e7; g7h += hi * e7;
      }
    }
    workgroupBarrier();
  }

  if (lane < BA && anchor + lane < p.B) {
    for (var k = 0u; k < p.slices; k++) { stats[(to + anchor + lane) * p.P + split * p.slices + k] = vec4<f32>(m, select(0.0, total, k == 0u), 0.0, 0.0); }
  }
  if (slice < p.slices) {
    let part = split * p.slices + slice;
    let column = group % wide * 2u;
    store(to, anchor + a, part, column, g0l, g0h); store(to, anchor + a + 1u, part, column, g1l, g1h);
    store(to, anchor + a + 2u, part, column, g2l, g2h); store(to, anchor + a + 3u, part, column, g3l, g3h);
    store(to, anchor + a + 4u, part, column, g4l, g4h); store(to, anchor + a + 5u, part, column, g5l, g5h);
    store(to, anchor + a + 6u, part, column, g6l, g6h); store(to, anchor + a + 7u, part, column, g7l, g7h);
  }
}

fn store(to: u32, b: u32, part: u32, column: u32, l: vec4<f32>, h: vec4<f32>) {
  if (b >= p.B) { return; }
  let at = ((to + b) * p.P + part) * (p.D / 4u) + column;
  partial[at] = l;
  if (column + 1u < p.D / 4u) { partial[at + 1u] = h; }
}
