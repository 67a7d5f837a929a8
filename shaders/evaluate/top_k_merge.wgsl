// merged[q] = the K best of the S sorted lists best[q,0..S): larger similarity first, then lower index
// best: f32[Q,S,K]   index: u32[Q,S,K]   ->   merged: f32[Q,K]   merged_index: u32[Q,K]
// grid [ceil(S K/WG), Q]: one invocation a list element. Its place is its rank in its own list plus, in every other list, the
// number of better elements (found by bisection), so there is nothing to synchronise and nothing to sort.
// Requires lists sorted best first, filled up with (-2, 0xffffffff), and at least K real elements in all S together.
override WG: u32 = 64u;
struct Params { Q: u32, S: u32, K: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> best: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> merged: array<f32>;
@group(0) @binding(4) var<storage, read_write> merged_index: array<u32>;

// How many of the K elements from `base` on are better than (value, id).
fn better(base: u32, value: f32, id: u32) -> u32 {
  var low = 0u;
  var high = p.K;
  while (low < high) {
    let middle = (low + high) / 2u;
    let other = best[base + middle];
    if (other > value || (other == value && index[base + middle] < id)) { low = middle + 1u; } else { high = middle; }
  }
  return low;
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let element = wid.x * WG + lane;
  let q = wid.y + p.y0;
  if (element >= p.S * p.K) { return; }
  let own = element / p.K;
  let value = best[q * p.S * p.K + element];
  let id = index[q * p.S * p.K + element];
  var place = element % p.K;
  for (var s = 0u; s < p.S && place < p.K; s++) {
    if (s != own) { place += better((q * p.S + s) * p.K, value, id); }
  }
  if (place < p.K && id != 0xffffffffu) {
    merged[q * p.K + place] = value;
    merged_index[q * p.K + place] = id;
  }
}
