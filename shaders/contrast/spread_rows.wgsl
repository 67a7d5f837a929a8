// InvaSpread: every anchor against its batch, one row at a time: its loss, and the loss's derivative by each of its scores.
//   s_ij = x_i . x_j / T,   D_i = e_i+ + w sum_{negatives} e_ij (+ w e_ii, SELF),   p_ij = e_ij / D_i,   w = negative weight
//   attract = -ln p_i+,   spread = -w sum_neg ln(1 - p_ij),   r_ij = p_ij / (1 - p_ij),   R_i = sum_neg r_ij
//   g_ij = (w_ij p_ij - [j = +] + w ([j in neg] r_ij - w_ij p_ij R_i)) / (T M)         w_i+ = 1, else w
// Ye, Zhang, Yuen, Chang 2019 (arXiv:1904.03436), eq. 4-6 with the released code's negatives. At most one candidate has more than
// half of D_i: what is left for it is a sum of the others; for the rest D_i - e_ij loses nothing; -ln(1 - p) = log1p(r).
// x: f32[M,D] (first views, then second)   ->  g: f32[M,M] (scores, then g)   terms: f32[M,4] (attract, spread, 0, 0)
// grid [M]: a workgroup an anchor, WG lanes over the candidates, four at a time.
// Requires D % 4 = 0, M even, w >= 1.
//#import stable
override WG: u32 = 32u;
override SELF: bool = false;
struct Params { M: u32, D: u32, inv_tau: f32, w: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> terms: array<vec4<f32>>;

var<workgroup> tops: array<f32, WG>;
var<workgroup> at_tops: array<u32, WG>;
var<workgroup> sums: array<vec3<f32>, WG>;

// ln(w_ij e_ij): what candidate j adds to D_i.
fn term(i: u32, j: u32, twin: u32, s: f32) -> f32 {
  if (j == i && !SELF) { return MASKED; }
  return select(s + log(p.w), s, j == twin);
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = wid.x + p.x0;
  let half = p.M / 2u;
  let twin = select(i - half, i + half, i < half);
  let d = p.D / 4u;
  let row = i * p.M;

  // Scores. A lane keeps to its own candidates, so that it may read back what it wrote.
  var top = MASKED;
  var at_top = p.M;
  for (var j = lane; j < p.M; j += 4u * WG) {
    let last = p.M - 1u;
    let j1 = j + WG; let j2 = j + 2u * WG; let j3 = j + 3u * WG;
    let a0 = j * d; let a1 = min(j1, last) * d; let a2 = min(j2, last) * d; let a3 = min(j3, last) * d;
    var s = vec4<f32>();
    for (var c = 0u; c < d; c++) {
      let v = x[i * d + c];
      s += vec4<f32>(dot(v, x[a0 + c]), dot(v, x[a1 + c]), dot(v, x[a2 + c]), dot(v, x[a3 + c]));
    }
    s *= p.inv_tau;
    for (var k = 0u; k < 4u; k++) {
      let jk = j + k * WG;
      if (jk < p.M) {
        g[row + jk] = s[k];
        let t = term(i, jk, twin, s[k]);
        if (t > top) { top = t; at_top = jk; }
      }
    }
  }
  tops[lane] = top;
  at_tops[lane] = at_top;
  workgroupBarrier();
  for (var l = 0u; l < WG; l++) {
    if (tops[l] > top || (tops[l] == top && at_tops[l] < at_top)) { top = tops[l]; at_top = at_tops[l]; }
  }

  // Everything in D_i but its largest term, which is 1.
  var rest = 0.0;
  for (var j = lane; j < p.M; j += WG) {
    if (j != at_top) { rest += exp(max(term(i, j, twin, g[row + j]) - top, MASKED)); }
  }
  sums[lane] = vec3<f32>(rest, 0.0, 0.0);
  workgroupBarrier();
  rest = 0.0;
  for (var l = 0u; l < WG; l++) { rest += sums[l].x; }
  let whole = 1.0 + rest;
  workgroupBarrier();

  // R without the largest term's share, that share, and the spread loss.
  var part = vec3<f32>();
  for (var j = lane; j < p.M; j += WG) {
    if (j == i || j == twin) { continue; }
    let r = odds(exp(term(i, j, twin, g[row + j]) - top), j == at_top, rest, whole);
    part += vec3<f32>(select(r, 0.0, j == at_top), select(0.0, r, j == at_top), log1p(r));
  }
  sums[lane] = part;
  workgroupBarrier();
  part = vec3<f32>();
  for (var l = 0u; l < WG; l++) { part += sums[l]; }
  let R = part.x + part.y;

  let scale = p.inv_tau / f32(p.M);
  for (var j = lane; j < p.M; j += WG) {
    let s = g[row + j];
    let u = exp(max(term(i, j, twin, s) - top, MASKED));
    let others = select(whole - u, rest, j == at_top);
    var slope = u - p.w * u * R;                                         // itself, when kept
    if (j == twin) {
      slope = -others - p.w * u * R;
      let attract = select(log(whole) + top - s, log1p(rest), j == at_top);
      terms[i] = vec4<f32>(select(s, attract, finite(s)), p.w * part.z, 0.0, 0.0);
    } else if (j != i) {
      let r = odds(u, j == at_top, rest, whole);
      slope = u + p.w * (r * others - u * select(R - r, part.x, j == at_top));
    } else if (!SELF) {
      slope = 0.0;
    }
    g[row + j] = slope / whole * scale;
  }
}

// r = p / (1 - p) of a negative that adds u = w e to D.
fn odds(u: f32, largest: bool, rest: f32, whole: f32) -> f32 {
  let others = select(whole - u, rest, largest);
  return u / p.w / max(others + (1.0 - 1.0 / p.w) * u, 1e-30);
}
