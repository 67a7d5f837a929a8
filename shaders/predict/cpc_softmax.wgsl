// InfoNCE of every prediction, and its derivative by every score, in place of the scores. Over the candidates that an anchor is told from:
//   loss = -ln p_+   d_j = p_j (negatives)   d_+ = p_+ - 1, as minus the sum of the others   0 (all else)      van den Oord 2018, eq. 4
// A hit is a positive that scores above every negative: a tie, as of collapsed features, is none.
// Negatives, of the columns that are not the positive: OWN: frames of the same sequence; OTHER: of other sequences, with GROUPED of the same
// group only; never padding. DRAWN: column 0 is the positive, column j + 1 row `drawn[anchor,j]`, left out when it is the positive unless KEEP.
// episodes: u32[E]   groups: u32[L]   drawn: u32[V] (anything unless DRAWN)   s: f32[K,G,M,N/4,4] (scores, then d)
//   ->  terms: f32[S,B*T,4] (loss, hit, counts, ln candidates; of M anchors a group and steps k0 ...)
// grid [K*G*M/ROWS]: LANES lanes a prediction.
//#import stable
//#import predictions
//#import prediction_rows
override LANES: u32 = 1u;
override ROWS: u32 = 64u;
override TIME: bool = false;
override DRAWN: bool = false;
override KEEP: bool = false;
override EPISODES: bool = false;
override GROUPED: bool = false;
override OWN: bool = true;
override OTHER: bool = true;
struct Params {
  B: u32, T: u32, S: u32, E: u32, L: u32, V: u32, K: u32, G: u32, M: u32, N: u32, span: u32, k0: u32, m0: u32, skip: u32, stride: u32, limit: u32, x0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> episodes: array<u32>;
@group(0) @binding(2) var<storage, read> groups: array<u32>;
@group(0) @binding(3) var<storage, read> drawn: array<u32>;
@group(0) @binding(4) var<storage, read_write> s: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> terms: array<vec4<f32>>;

var<workgroup> tops: array<vec2<f32>, LANES * ROWS>;   // largest score of a lane's negatives, their number
var<workgroup> sums: array<f32, LANES * ROWS>;

// Whether row `candidate` may be a negative of sequence b.
fn in_scope(b: u32, candidate: u32) -> bool {
  if (EPISODES) {
    if (episodes[candidate] == NO_FRAME) { return false; }
  }
  if (OWN && OTHER && !GROUPED) { return true; }
  let other = candidate / p.T;
  if (other == b) { return OWN; }
  if (GROUPED) { return OTHER && groups[other] == groups[b]; }
  return OTHER;
}

fn negative(g: u32, anchor: u32, target_column: u32, target_row: u32, n: u32) -> bool {
  if (n >= p.N || n == target_column) { return false; }
  if (DRAWN) {
    let row = drawn[anchor * (p.N - 1u) + n - 1u];
    if (row == NO_FRAME) { return false; }
    if (EPISODES) {
      if (episodes[row] == NO_FRAME) { return false; }
    }
    return KEEP || row != target_row;
  }
  return in_scope(anchor / p.T, candidate_rows(g, vec4u(n)).x);
}

fn negatives(g: u32, anchor: u32, column: u32, row: u32, quad: u32) -> vec4<bool> {
  let n = 4u * quad;
  return vec4<bool>(negative(g, anchor, column, row, n), negative(g, anchor, column, row, n + 1u),
    negative(g, anchor, column, row, n + 2u), negative(g, anchor, column, row, n + 3u));
}

@compute @workgroup_size(LANES, ROWS)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = (wid.x + p.x0) * ROWS + lid.y;
  let rows = p.K * p.G * p.M;
  let real = row < rows;
  let id = min(row, rows - 1u);
  let slab = id / p.M;
  let k = slab / p.G;
  let g = slab % p.G;
  let m = id % p.M + p.m0;
  let ahead = (p.k0 + k + 1u + p.skip) * p.stride;
  let anchor = anchor_row(g, m, ahead);
  let counts = real && predicts(anchor, ahead);
  let quads = (p.N + 3u) / 4u;
  let base = id * quads;
  var column = m + ahead;
  if (TIME) { column = m; }
  if (DRAWN) { column = 0u; }
  var top = MASKED;
  var others = 0.0;
  var own = 0.0;
  if (counts) {
    own = s[base + column / 4u][column % 4u];
    for (var i = lid.x; i < quads; i += LANES) {
      let ok = negatives(g, anchor, column, anchor + ahead, i);
      let v = select(vec4f(MASKED), s[base + i], ok);
      top = max(top, max(max(v.x, v.y), max(v.z, v.w)));
      others += dot(select(vec4f(), vec4f(1.0), ok), vec4f(1.0));
    }
  }
  let at = lid.y * LANES;
  tops[at + lid.x] = vec2f(top, others);
  workgroupBarrier();
  others = 0.0;
  for (var l = 0u; l < LANES; l++) {
    top = max(top, tops[at + l].x);
    others += tops[at + l].y;
  }
  let peak = max(top, own);
  var sum = 0.0;
  if (counts) {
    for (var i = lid.x; i < quads; i += LANES) {
      let ok = negatives(g, anchor, column, anchor + ahead, i);
      sum += dot(select(vec4f(), exp(min(s[base + i] - peak, vec4f(0.0))), ok), vec4f(1.0));
    }
  }
  sums[at + lid.x] = sum;
  workgroupBarrier();
  sum = 0.0;
  for (var l = 0u; l < LANES; l++) { sum += sums[at + l]; }
  let mine = exp(own - peak);
  let total = sum + mine;
  if (real) {
    for (var i = lid.x; i < quads; i += LANES) {
      var d = vec4f();
      if (counts) {
        let ok = negatives(g, anchor, column, anchor + ahead, i);
        d = select(vec4f(), exp(min(s[base + i] - peak, vec4f(0.0))) / total, ok);
        d = select(d, vec4f(-sum / total), 4u * i + vec4u(0u, 1u, 2u, 3u) == vec4u(column));
      }
      s[base + i] = d;
    }
    if (lid.x == 0u) {
      var loss = log(total) - (own - peak);
      if (mine > 1e-20) { loss = log1p(sum / mine); }
      var to = g * p.span + m;
      if (TIME) { to = m * p.T + g; }
      let term = vec4f(select(own, loss, finite(own)), select(0.0, 1.0, own > top), 1.0, log(1.0 + others));
      terms[(p.k0 + k) * p.B * p.T + to] = select(vec4f(), term, counts);
    }
  }
}
