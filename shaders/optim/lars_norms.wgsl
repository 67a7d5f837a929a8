// part[c] = sum w^2, sum g^2 over the elements of chunk c: what the layers' norms of LARS are added up from (then lars_ratios.wgsl)
// chunks: u32[C,4] (first element, elements, parameter, whether it is adapted)   weight: f32[N]   gradient: f32[N]   ->  part: f32[C,2]
// grid [C]: a workgroup a chunk, WG lanes over its elements; lanes are added up in their order, so that sums repeat bit for bit.
// A chunk is part of one parameter. Norms below 1e-19 count as 0: their squares are no float32.
override WG: u32 = 64u;
struct Params { C: u32, N: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> chunks: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> gradient: array<f32>;
@group(0) @binding(4) var<storage, read_write> part: array<vec2<f32>>;

var<workgroup> lanes: array<vec2<f32>, WG>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let c = wid.x + p.x0;
  let chunk = chunks[c];
  var squares = vec2<f32>();
  for (var i = chunk.x + lane; i < chunk.x + chunk.y; i += WG) {
    let pair = vec2<f32>(weight[i], gradient[i]);
    squares += pair * pair;
  }
  lanes[lane] = squares;
  workgroupBarrier();
  if (lane != 0u) { return; }
  var sum = vec2<f32>();
  for (var l = 0u; l < WG; l++) { sum += lanes[l]; }
  part[c] = sum;
}
