// loss = sum over edges of weight_e mean_e, mean_e the mean of an edge's contrasts over the samples that have both of its views
// Tian, Krishnan, Isola 2020 (arXiv:1906.05849), eq. 7 and 8
// terms: f32[E,B,4] (contrast, ..., 1 where both views are there)   graph: u32[G]   ->  loss: f32[1]
//   means: f32[E,2] (mean contrast, weight / number of samples; both 0 where no sample has both)
// grid [1]: WG lanes stride over the samples of one edge after the other, one lane adds the lanes up. What is not finite stays so.
//#import graph
override WG: u32 = 32u;
struct Params { B: u32, E: u32, G: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> terms: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> graph: array<u32>;
@group(0) @binding(3) var<storage, read_write> loss: array<f32>;
@group(0) @binding(4) var<storage, read_write> means: array<vec2<f32>>;

var<workgroup> sums: array<vec2<f32>, WG>;

@compute @workgroup_size(WG)
fn main(@builtin(local_invocation_index) lane: u32) {
  var total = 0.0;
  for (var e = 0u; e < p.E; e++) {
    var sum = vec2<f32>();
    for (var b = lane; b < p.B; b += WG) { sum += terms[e * p.B + b].xw; }
    sums[lane] = sum;
    workgroupBarrier();
    if (lane == 0u) {
      for (var l = 1u; l < WG; l++) { sum += sums[l]; }
      let mean = select(0.0, sum.x / sum.y, sum.y > 0.0);
      means[e] = vec2<f32>(mean, select(0.0, weight(e) / sum.y, sum.y > 0.0));
      total += weight(e) * mean;
    }
    workgroupBarrier();
  }
  if (lane == 0u) { loss[0] = total; }
}
