// best[q,0..K) = the K largest of sims[q,0..M), largest first; equal similarities in order of index, lower first
// (Wu et al., InstDisc, section 3.4: the neighbours of weighted kNN.)
// sims: f32[Q,M]   exclude: u32[Q]   ->   best: f32[Q,S,K]   index: u32[Q,S,K]
// grid [Q]: one workgroup a row. Radix selection on the bits of the similarity, 8 bits a pass, until at most LIST columns can
// still be among the K; those are collected and ranked by counting. Nothing depends on the order in which lanes run.
// Columns are candidates n0, n0 + 1, ...; candidate exclude[q] is left out (0xffffffff: none). The list goes to part s of S;
// where fewer than K columns remain, the rest of it is -2 (below any cosine) at 0xffffffff. NaN counts as absent.
// Requires K <= LIST = 256.
const WG: u32 = 64u;
const LIST: u32 = 256u;     // 4 WG: each lane ranks four
struct Params { Q: u32, M: u32, K: u32, S: u32, s: u32, n0: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> sims: array<f32>;
@group(0) @binding(2) var<storage, read> exclude: array<u32>;
@group(0) @binding(3) var<storage, read_write> best: array<f32>;
@group(0) @binding(4) var<storage, read_write> index: array<u32>;

const ABSENT: u32 = 0u;
const NOBODY: u32 = 0xffffffffu;

var<workgroup> bins: array<atomic<u32>, 256>;
var<workgroup> above: atomic<u32>;                // columns collected so far that are certainly among the K
var<workgroup> ties: array<u32, WG>;              // per lane: columns of its block in the bin that holds the K-th
var<workgroup> list_key: array<u32, LIST>;
var<workgroup> list_column: array<u32, LIST>;
struct Cut { prefix: u32, mask: u32, taken: u32, held: u32 }
var<workgroup> cut: Cut;

// Unsigned integers in the order of the floats; -0 is 0, NaN and the excluded column are ABSENT, below everything.
fn key(q: u32, column: u32, left_out: u32) -> u32 {
  let bits = bitcast<u32>(sims[q * p.M + column]);
  let magnitude = bits & 0x7fffffffu;
  let ordered = select(bits | 0x80000000u, ~bits, (bits >> 31u) == 1u && magnitude != 0u);
  return select(ordered, ABSENT, magnitude > 0x7f800000u || column == left_out);
}

fn similarity(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key & 0x7fffffffu, key >= 0x80000000u));
}

// One pass: the digit of the K-th largest key under the present prefix. Called by all lanes; `cut` is narrowed by one byte.
fn narrow(q: u32, lane: u32, left_out: u32, shift: u32) {
  for (var i = lane; i < 256u; i += WG) { atomicStore(&bins[i], 0u); }
  let now = workgroupUniformLoad(&cut);
  for (var i = lane; i < p.M; i += WG) {
    let k = key(q, i, left_out);
    if ((k & now.mask) == now.prefix && k != ABSENT) { atomicAdd(&bins[(k >> shift) & 255u], 1u); }
  }
  workgroupBarrier();
  if (lane == 0u) {
    var taken = now.taken;
    var digit = 255u;
    var held = atomicLoad(&bins[255]);
    while (digit > 0u && taken + held < p.K) {
      taken += held;
      digit--;
      held = atomicLoad(&bins[digit]);
    }
    cut = Cut(now.prefix | (digit << shift), now.mask | (255u << shift), taken, held);
  }
}

// Puts all columns above the cut into the list in any order, and after them those in its bin by index, as far as there is room.
fn collect(q: u32, lane: u32, left_out: u32, c: Cut) {
  let span = (p.M + WG - 1u) / WG;
  let start = min(lane * span, p.M);
  let end = min(start + span, p.M);
  var count = 0u;
  for (var i = start; i < end; i++) {
    let k = key(q, i, left_out);
    let high = k & c.mask;
    if (high > c.prefix) {
      let at = atomicAdd(&above, 1u);
      list_key[at] = k;
      list_column[at] = i;
    }
    count += select(0u, 1u, high == c.prefix && k != ABSENT);
  }
  ties[lane] = count;
  workgroupBarrier();
  var at = c.taken;
  for (var other = 0u; other < lane; other++) { at += ties[other]; }
  for (var i = start; i < end && count > 0u && at < LIST; i++) {
    let k = key(q, i, left_out);
    if ((k & c.mask) == c.prefix && k != ABSENT) {
      list_key[at] = k;
      list_column[at] = i;
      at++;
      count--;
    }
  }
  workgroupBarrier();
}

// The place of each list element is the number of better ones. Four elements a lane share each read of the list.
fn rank(q: u32, lane: u32, held: u32) {
  let mine = vec4<u32>(lane) + vec4<u32>(0u, WG, 2u * WG, 3u * WG);
  let keys = vec4<u32>(list_key[mine.x], list_key[mine.y], list_key[mine.z], list_key[mine.w]);
  let columns = vec4<u32>(list_column[mine.x], list_column[mine.y], list_column[mine.z], list_column[mine.w]);
  var place = vec4<u32>(0u);
  for (var i = 0u; i < held; i++) {
    let k = vec4<u32>(list_key[i]);
    let better = (k > keys) | ((k == keys) & (vec4<u32>(list_column[i]) < columns));
    place += select(vec4<u32>(0u), vec4<u32>(1u), better);
  }
  let base = (q * p.S + p.s) * p.K;
  for (var e = 0u; e < 4u; e++) {
    if (mine[e] < held && place[e] < p.K) {
      best[base + place[e]] = similarity(keys[e]);
      index[base + place[e]] = p.n0 + columns[e];
    }
  }
  for (var i = held + lane; i < p.K; i += WG) {
    best[base + i] = -2.0;
    index[base + i] = NOBODY;
  }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let q = wid.x + p.x0;
  let left_out = select(NOBODY, exclude[q] - p.n0, exclude[q] >= p.n0);
  if (lane == 0u) {
    cut = Cut(0u, 0u, 0u, 0u);
    atomicStore(&above, 0u);
  }
  var shift = 24u;
  loop {
    narrow(q, lane, left_out, shift);
    let c = workgroupUniformLoad(&cut);
    if (c.taken + c.held <= LIST || shift == 0u) { break; }
    shift -= 8u;
  }
  let c = workgroupUniformLoad(&cut);
  collect(q, lane, left_out, c);
  rank(q, lane, min(c.taken + c.held, LIST));
}
