// best[q,0..K) = the K largest of sims[q,0..M), largest first; equal similarities in order of index, lower first
// (Wu et al., InstDisc, section 3.4: the neighbours of weighted kNN.)
// sims: f32[Q,M/4,4]   exclude: u32[Q]   ->   best: f32[Q,S,K]   index: u32[Q,S,K]
// grid [Q]: one workgroup a row. A bound is sought that K to LIST columns reach: first the K-th largest of the lanes' own largest
// (never too high for K <= WG, and nearly always right at once), then bisection on the bits of the similarity, which ends even where
// all are equal. The columns that reach it are collected and ranked by counting. Nothing depends on the order in which lanes run.
// Columns are candidates n0, n0 + 1, ...; candidate exclude[q] is left out (0xffffffff: none). The list goes to part s of S;
// where fewer than K columns remain, the rest of it is -2 (below any cosine) at 0xffffffff. NaN counts as absent. Rows are read by
// fours (a loop turn costs as much as several loads on software adapters); the padding of a row is never looked at.
// Requires K <= LIST = 256.
const WG: u32 = 64u;
const LIST: u32 = 256u;     // 4 WG: each lane ranks four
struct Params { Q: u32, M: u32, K: u32, S: u32, s: u32, n0: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> sims: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> exclude: array<u32>;
@group(0) @binding(3) var<storage, read_write> best: array<f32>;
@group(0) @binding(4) var<storage, read_write> index: array<u32>;

const NOBODY: u32 = 0xffffffffu;
const LOWEST: u32 = 1u;     // no key of a number is below; 0 is the key of what is absent

var<workgroup> of_lane: array<u32, WG>;
var<workgroup> agreed: u32;
var<workgroup> above: atomic<u32>;
var<workgroup> list_key: array<u32, LIST>;
var<workgroup> list_column: array<u32, LIST>;

struct Row { q: u32, lane: u32, left_out: u32 }

// Unsigned integers in the order of the floats, for columns 4 i to 4 i + 3; -0 is 0; NaN, padding and the excluded column are 0.
fn keys(row: Row, i: u32) -> vec4<u32> {
  let bits = bitcast<vec4<u32>>(sims[row.q * ((p.M + 3u) / 4u) + i]);
  let magnitude = bits & vec4<u32>(0x7fffffffu);
  let negative = (bits > vec4<u32>(0x80000000u));
  let ordered = select(bits | vec4<u32>(0x80000000u), ~bits, negative);
  let column = columns(i);
  let absent = (magnitude > vec4<u32>(0x7f800000u)) | (column >= vec4<u32>(p.M)) | (column == vec4<u32>(row.left_out));
  return select(ordered, vec4<u32>(0u), absent);
}

fn columns(i: u32) -> vec4<u32> { return 4u * i + vec4<u32>(0u, 1u, 2u, 3u); }

fn ones(which: vec4<bool>) -> vec4<u32> { return select(vec4<u32>(0u), vec4<u32>(1u), which); }

fn sum(v: vec4<u32>) -> u32 { return v.x + v.y + v.z + v.w; }

fn similarity(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key & 0x7fffffffu, key >= 0x80000000u));
}

// The K-th largest (or the last, with K > WG) of the lanes' largest keys.
fn first_bound(row: Row) -> u32 {
  var four = vec4<u32>(0u);
  for (var i = row.lane; 4u * i < p.M; i += WG) { four = max(four, keys(row, i)); }
  let largest = max(max(four.x, four.y), max(four.z, four.w));
  of_lane[row.lane] = largest;
  workgroupBarrier();
  var place = 0u;
  for (var other = 0u; other < WG; other++) {
    let k = of_lane[other];
    place += select(0u, 1u, k > largest || (k == largest && other < row.lane));
  }
  if (place == min(p.K, WG) - 1u) { agreed = max(largest, LOWEST); }
  return workgroupUniformLoad(&agreed);
}

// How many columns reach the bound.
fn count(row: Row, bound: u32) -> u32 {
  var reached = vec4<u32>(0u);
  for (var i = row.lane; 4u * i < p.M; i += WG) { reached += ones(keys(row, i) >= vec4<u32>(bound)); }
  of_lane[row.lane] = sum(reached);
  workgroupBarrier();
  if (row.lane == 0u) {
    var total = 0u;
    for (var other = 0u; other < WG; other++) { total += of_lane[other]; }
    agreed = total;
  }
  return workgroupUniformLoad(&agreed);
}

// The largest bound found that at least K columns reach (or LOWEST). More than LIST reach it only if all in excess equal it.
fn search(row: Row) -> u32 {
  if (p.M <= LIST) { return LOWEST; }
  var low = LOWEST;
  var high = NOBODY;      // fewer than K reach it
  var bound = first_bound(row);
  var stride = 1u << 20u;     // an eighth of an octave: until there is a bound on both sides, strides grow from the first
  loop {
    let reached = count(row, bound);
    if (reached >= p.K) { low = bound; } else { high = bound; }
    if ((reached >= p.K && reached <= LIST) || high - low <= 1u) { break; }
    let half = (high - low) / 2u;
    if (high == NOBODY) { bound = low + min(stride, half); } else if (low == LOWEST) { bound = high - min(stride, half); } else { bound = low + half; }
    stride = 4u * min(stride, 1u << 28u);
  }
  return low;
}

fn enter(at: u32, key: u32, column: u32) {
  if (at < LIST) {
    list_key[at] = key;
    list_column[at] = column;
  }
}

// Lists the columns above the bound in any order, and after them those that equal it by index, as far as there is room. Returns how many.
fn collect(row: Row, bound: u32) -> u32 {
  let fours = (p.M + 3u) / 4u;
  let span = (fours + WG - 1u) / WG;
  let start = min(row.lane * span, fours);
  let end = min(start + span, fours);
  var ties = vec4<u32>(0u);
  for (var i = start; i < end; i++) {
    let k = keys(row, i);
    ties += ones(k == vec4<u32>(bound));
    if (any(k > vec4<u32>(bound))) {
      for (var e = 0u; e < 4u; e++) {
        if (k[e] > bound) { enter(atomicAdd(&above, 1u), k[e], 4u * i + e); }
      }
    }
  }
  var left = sum(ties);
  of_lane[row.lane] = left;
  workgroupBarrier();
  var at = atomicLoad(&above);
  for (var other = 0u; other < row.lane; other++) { at += of_lane[other]; }
  for (var i = start; i < end && left > 0u && at < LIST; i++) {
    let k = keys(row, i);
    for (var e = 0u; e < 4u; e++) {
      if (k[e] == bound) {
        enter(at, bound, 4u * i + e);
        at++;
        left--;
      }
    }
  }
  if (row.lane == WG - 1u) { agreed = at + left; }
  return min(workgroupUniformLoad(&agreed), LIST);
}

// The place of each list element is the number of better ones. Four elements a lane share each read of the list.
fn rank(row: Row, held: u32) {
  let mine = vec4<u32>(row.lane) + vec4<u32>(0u, WG, 2u * WG, 3u * WG);
  let key = vec4<u32>(list_key[mine.x], list_key[mine.y], list_key[mine.z], list_key[mine.w]);
  let column = vec4<u32>(list_column[mine.x], list_column[mine.y], list_column[mine.z], list_column[mine.w]);
  var place = vec4<u32>(0u);
  for (var i = 0u; i < held; i++) {
    let k = vec4<u32>(list_key[i]);
    let better = (k > key) | ((k == key) & (vec4<u32>(list_column[i]) < column));
    place += ones(better);
  }
  let base = (row.q * p.S + p.s) * p.K;
  for (var e = 0u; e < 4u; e++) {
    if (mine[e] < held && place[e] < p.K) {
      best[base + place[e]] = similarity(key[e]);
      index[base + place[e]] = p.n0 + column[e];
    }
  }
  for (var i = held + row.lane; i < p.K; i += WG) {
    best[base + i] = -2.0;
    index[base + i] = NOBODY;
  }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let q = wid.x + p.x0;
  let row = Row(q, lane, select(NOBODY, exclude[q] - p.n0, exclude[q] >= p.n0));
  if (lane == 0u) { atomicStore(&above, 0u); }
  workgroupBarrier();
  let bound = search(row);
  let held = collect(row, bound);
  rank(row, held);
}
