// share[0] = 1 / max(1, how many labels are below C): what a mean over the labelled pixels multiplies by
// label: u32[N]   ->  share: f32[1]
// grid [1]: one workgroup; counts are whole numbers, so their order does not matter.
override WG: u32 = 64u;
struct Params { N: u32, C: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> label: array<u32>;
@group(0) @binding(2) var<storage, read_write> share: array<f32>;

var<workgroup> counts: array<u32, WG>;

@compute @workgroup_size(WG)
fn main(@builtin(local_invocation_index) lane: u32) {
  var count = 0u;
  for (var i = lane; i < p.N; i += WG) { count += select(0u, 1u, label[i] < p.C); }
  counts[lane] = count;
  workgroupBarrier();
  if (lane > 0u) { return; }
  for (var i = 1u; i < WG; i++) { count += counts[i]; }
  share[0] = 1.0 / f32(max(count, 1u));
}
