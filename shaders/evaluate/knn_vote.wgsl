// winner[q,g] = argmax_c score_c,  score_c = sum_{i < k_g} exp(s_i / T_g) [label_i = c]      (Wu et al., InstDisc, section 3.4)
// place[q,g] = how many classes rank above the query's own: 0 is a top-1 hit, below 5 a top-5 hit, with any number of classes
// best: f32[Q,K]   index: u32[Q,K]   labels: u32[N]   truth: u32[Q]   settings: f32[G,2]
//   ->   scores: f32[Q,G,C]   winner: u32[Q,G]   place: u32[Q,G]
// grid [ceil(Q/WG), G]: one invocation a query and setting; it adds its neighbours up in order, nearest first.
// settings: k and 1/T of each g. Equal scores: the lower class first. exp((s_i - s_0) / T) is used: the same ranking, and no
// overflow at small T. A truth of C or more (unknown, or a class that no candidate has) gets place C.
// Requires labels below C, 1 <= k <= K, lists sorted best first.
override WG: u32 = 64u;
struct Params { Q: u32, K: u32, N: u32, G: u32, C: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> best: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read> labels: array<u32>;
@group(0) @binding(4) var<storage, read> truth: array<u32>;
@group(0) @binding(5) var<storage, read> settings: array<vec2<f32>>;
@group(0) @binding(6) var<storage, read_write> scores: array<f32>;
@group(0) @binding(7) var<storage, read_write> winner: array<u32>;
@group(0) @binding(8) var<storage, read_write> place: array<u32>;

fn vote(q: u32, row: u32, setting: vec2<f32>) {
  for (var c = 0u; c < p.C; c++) { scores[row + c] = 0.0; }
  let nearest = best[q * p.K];
  for (var i = 0u; i < u32(setting.x); i++) {
    let label = labels[index[q * p.K + i]];
    scores[row + label] += exp((best[q * p.K + i] - nearest) * setting.y);
  }
}

fn most(row: u32) -> u32 {
  var top = 0u;
  var highest = scores[row];
  for (var c = 1u; c < p.C; c++) {
    let score = scores[row + c];
    if (score > highest) {
      highest = score;
      top = c;
    }
  }
  return top;
}

fn above(row: u32, own_class: u32) -> u32 {
  if (own_class >= p.C) { return p.C; }
  let own = scores[row + own_class];
  var count = 0u;
  for (var c = 0u; c < p.C; c++) {
    let score = scores[row + c];
    if (score > own || (score == own && c < own_class)) { count++; }
  }
  return count;
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let q = (wid.x + p.x0) * WG + lane;
  if (q >= p.Q) { return; }
  let at = q * p.G + wid.y;
  vote(q, at * p.C, settings[wid.y]);
  winner[at] = most(at * p.C);
  place[at] = above(at * p.C, truth[q]);
}
