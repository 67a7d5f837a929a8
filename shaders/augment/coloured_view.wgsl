// view[b,c] = gain_c recoloured(view[b])_c + bias_c: colour jitter in random order, and greyscale      (torchvision: ColorJitter, RandomGrayscale)
// index: u32[B]   view: f32[B,C,P]   (in place: RGB or one channel, 0 to 1, before)
// grid [B]: a workgroup recolours one view. Contrast blends with the mean grey of the view as it is when contrast's turn comes: then a first
// pass goes that far and sums up. Factors: uniform in [max(0, 1 - range), 1 + range], the hue's in [-range, range] turns.
// `jitter` and `grey` are the probabilities. Random numbers: (seed, step, index[b], view).
// Requires C = 3, or C = 1 with saturation, hue and grey of 0; WG >= 16.
//#import colour
//#import random
//#import step
override WG: u32 = 256u;
struct Params {
  B: u32, C: u32, P: u32, number: u32, grey_first: u32, x0: u32,
  jitter: f32, brightness: f32, contrast: f32, saturation: f32, hue: f32, grey: f32,
  gain0: f32, gain1: f32, gain2: f32, bias0: f32, bias1: f32, bias2: f32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> view: array<f32>;
@group(0) @binding(3) var<uniform> step: Step;

var<workgroup> sums: array<f32, WG>;
var<workgroup> parts: array<f32, 16>;

// What happens to one view: `count` operations in `order`, the one at `contrast_at` contrast.
struct Change { factor: vec4<f32>, order: u32, count: u32, contrast_at: u32, grey: u32 }

fn random_change(id: u32) -> Change {
  // The crop draws from 16 number to 16 number + 10.
  let stream = random_stream(step.seed, PURPOSE_AUGMENT);
  let f = random_vec4(stream, step.step, id, 16u * p.number + 11u);
  let u = random_vec4(stream, step.step, id, 16u * p.number + 12u);
  let range = vec4<f32>(p.brightness, p.contrast, p.saturation, p.hue);
  let low = vec4<f32>(max(vec3<f32>(0.0), 1.0 - range.xyz), -range.w);
  let high = vec4<f32>(1.0 + range.xyz, range.w);
  let factor = low + (high - low) * vec4<f32>(unit_f32(f.x), unit_f32(f.y), unit_f32(f.z), unit_f32(f.w));
  let order = order_of(index_below(u.z, 24u));
  var contrast_at = 0u;
  while (((order >> (4u * contrast_at)) & 15u) != CONTRAST) { contrast_at++; }
  return Change(factor, order, select(0u, 4u, unit_f32(u.x) < p.jitter), contrast_at, select(0u, 1u, unit_f32(u.y) < p.grey));
}

fn colour_at(i: u32) -> vec3<f32> {
  if (p.C == 1u) { return vec3<f32>(view[i]); }
  return vec3<f32>(view[i], view[i + p.P], view[i + 2u * p.P]);
}

// The pixel after the first `count` operations; the range of an operation that is off is 0, and then it is left out.
fn changed(rgb: vec3<f32>, change: Change, count: u32, mean: f32) -> vec3<f32> {
  var v = rgb;
  if (change.grey == 1u && p.grey_first == 1u) { v = vec3<f32>(luma(v)); }
  for (var k = 0u; k < count; k++) {
    let op = (change.order >> (4u * k)) & 15u;
    if (vec4<f32>(p.brightness, p.contrast, p.saturation, p.hue)[op] > 0.0) { v = adjust(v, op, change.factor[op], mean); }
  }
  return v;
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let b = wid.x + p.x0;
  let start = b * p.C * p.P;
  let change = random_change(index[b]);
  var sum = 0.0;
  if (change.count > 0u && p.contrast > 0.0) {
    for (var i = lane; i < p.P; i += WG) {
      let v = changed(colour_at(start + i), change, change.contrast_at, 0.0);
      sum += select(luma(v), v.x, p.C == 1u);
    }
  }
  sums[lane] = sum;
  workgroupBarrier();
  // Sixteen partial sums, then their sum, in every lane alike: two barriers instead of log2(WG), which is what costs on a CPU.
  if (lane < 16u) {
    var part = 0.0;
    for (var i = lane; i < WG; i += 16u) { part += sums[i]; }
    parts[lane] = part;
  }
  workgroupBarrier();
  var total = 0.0;
  for (var i = 0u; i < 16u; i++) { total += parts[i]; }
  let gain = vec3<f32>(p.gain0, p.gain1, p.gain2);
  let bias = vec3<f32>(p.bias0, p.bias1, p.bias2);
  for (var i = lane; i < p.P; i += WG) {
    var v = changed(colour_at(start + i), change, change.count, total / f32(p.P));
    if (change.grey == 1u && p.grey_first == 0u) { v = vec3<f32>(luma(v)); }
    v = gain * v + bias;
    for (var c = 0u; c < p.C; c++) { view[start + c * p.P + i] = v[c]; }
  }
}
