// loss = contrast + lambda * proximal, each the mean over the batch.     Wu et al. 2018 (arXiv:1805.01978), eq. 9 and 10
// terms: f32[B,4] (contrast, distance, ...)   ->  loss: f32[1]   contrast: f32[1]   proximal: f32[1]
// grid [1]: WG lanes stride over the batch, one lane adds the lanes up. A sum that is not finite stays so.
override WG: u32 = 32u;
struct Params { B: u32, lambda: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> terms: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> loss: array<f32>;
@group(0) @binding(3) var<storage, read_write> contrast: array<f32>;
@group(0) @binding(4) var<storage, read_write> proximal: array<f32>;

var<workgroup> sums: array<vec2<f32>, WG>;

@compute @workgroup_size(WG)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = vec2<f32>();
  for (var b = lane; b < p.B; b += WG) { sum += terms[b].xy; }
  sums[lane] = sum;
  workgroupBarrier();
  if (lane != 0u) { return; }
  for (var l = 1u; l < WG; l++) { sum += sums[l]; }
  let mean = sum / f32(p.B);
  contrast[0] = mean.x;
  proximal[0] = mean.y;
  loss[0] = mean.x + p.lambda * mean.y;
}
