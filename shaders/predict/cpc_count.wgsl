// How many predictions there are of each step ahead, and what each weighs in the loss.
//   AVERAGE 0: the sum over steps of their means, 1/n_k   1: the mean of their means, 1/(steps n_k)   2: the mean of all, 1/sum n_k
// episodes: u32[E] (B*T, or anything unless EPISODES)   groups: u32[L] (B, or anything unless GROUPED)   ->  tally: f32[2*S] (n_k, weight)
// grid [1]: one workgroup, its lanes over the frames.
//#import predictions
override WG: u32 = 64u;
override EPISODES: bool = false;
override GROUPED: bool = false;
override OWN: bool = true;
override AVERAGE: u32 = 1u;
struct Params { B: u32, T: u32, S: u32, E: u32, L: u32, skip: u32, stride: u32, limit: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> episodes: array<u32>;
@group(0) @binding(2) var<storage, read> groups: array<u32>;
@group(0) @binding(3) var<storage, read_write> tally: array<f32>;

var<workgroup> counts: array<u32, WG>;

@compute @workgroup_size(WG)
fn main(@builtin(local_invocation_index) lane: u32) {
  var all = 0.0;
  var steps = 0.0;
  for (var k = 0u; k < p.S; k++) {
    var n = 0u;
    for (var row = lane; row < p.B * p.T; row += WG) { n += select(0u, 1u, predicts(row, (k + 1u + p.skip) * p.stride)); }
    counts[lane] = n;
    workgroupBarrier();
    if (lane == 0u) {
      n = 0u;
      for (var l = 0u; l < WG; l++) { n += counts[l]; }
      tally[k] = f32(n);
      all += f32(n);
      steps += select(0.0, 1.0, n > 0u);
    }
    workgroupBarrier();
  }
  if (lane > 0u) { return; }
  for (var k = 0u; k < p.S; k++) {
    var share = tally[k];
    if (AVERAGE == 1u) { share *= steps; }
    if (AVERAGE == 2u) { share = all; }
    tally[p.S + k] = select(0.0, 1.0 / max(share, 1.0), tally[k] > 0.0);
  }
}
