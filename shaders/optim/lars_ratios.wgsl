// ratio[q] = trust |w| / (|g| + decay |w| + epsilon) of parameter q: its own learning rate; 1 where |w| or |g| is 0 or q is not adapted
// You, Gitman, Ginsburg 2017 (arXiv:1708.03888), eq. 6
// spans: u32[Q,4] (first chunk, chunks, whether it is adapted, 0)   part: f32[C,2] (of lars_norms)   ->  ratio: f32[Q]
// grid [Q]: a workgroup a parameter, WG lanes over its chunks; lanes are added up in their order.
override WG: u32 = 64u;
struct Params { Q: u32, C: u32, trust: f32, decay: f32, epsilon: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> spans: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> part: array<vec2<f32>>;
@group(0) @binding(3) var<storage, read_write> ratio: array<f32>;

var<workgroup> lanes: array<vec2<f32>, WG>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let q = wid.x + p.x0;
  let span = spans[q];
  var sum = vec2<f32>();
  for (var c = span.x + lane; c < span.x + span.y; c += WG) { sum += part[c]; }
  lanes[lane] = sum;
  workgroupBarrier();
  if (lane != 0u) { return; }
  sum = vec2<f32>();
  for (var l = 0u; l < WG; l++) { sum += lanes[l]; }
  let norm = sqrt(sum);
  let adapted = span.z == 1u && norm.x > 0.0 && norm.y > 0.0;
  ratio[q] = select(1.0, p.trust * norm.x / (norm.y + p.decay * norm.x + p.epsilon), adapted);
}
