// dtable[v] = sum of dy[r] over the places r of word v, in their order: no two invocations write one number, so sums are the same at every run
// places: u32[R] (of word 0, then of word 1, ...)   starts: u32[V+1] (where each word's begin in `places`)   dy: f32[R,D]   ->  dtable: f32[V,D]
// grid [V*D/64]: one number an invocation, lanes along D. Requires starts to rise to at most R.
override WG: u32 = 64u;
struct Params { V: u32, D: u32, R: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> places: array<u32>;
@group(0) @binding(2) var<storage, read> starts: array<u32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dtable: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * WG + lane;
  if (i >= p.V * p.D) { return; }
  let word = i / p.D;
  let d = i % p.D;
  var sum = 0.0;
  for (var k = starts[word]; k < starts[word + 1u]; k++) { sum += dy[places[k] * p.D + d]; }
  dtable[i] = sum;
}
