// view[b,c](d) = gain_c image(low + (d + 1/2) extent / (H2, W2) - 1/2) + bias_c: a random rectangle, resized to H2 x W2, perhaps mirrored
// (torchvision's RandomResizedCrop and RandomHorizontalFlip; bilinear without antialiasing, the rectangle's edge repeated)
// images: u32[N*C*H*W/4]   index: u32[B]   ->   view: f32[B,K,H2,W2], K = C, or with CLASSES the number of classes
// grid [ceil(H2 W2/4/WG), B]: an invocation computes four pixels of every channel. images holds bytes, four a word.
// Area: uniform in [area0, area1] of the image; aspect (width / height): log-uniform in [aspect0, aspect1]; ten attempts, then the middle.
// Random numbers: (seed, step, index[b], view), so that a view does not depend on the batch that a sample is in.
// CLASSES: the one byte a pixel is a class below K, taken where it lies nearest; view[b,c] is 1 for that class and 0 else.
// Channels beyond the fourth take the fourth's gain and bias.
// Requires index below N, 0 < area0 <= area1 <= 1, 0 < aspect0 <= aspect1.
//#import pixels
//#import random
//#import step
override WG: u32 = 64u;
override CLASSES: bool = false;
struct Params {
  N: u32, C: u32, K: u32, H: u32, W: u32, H2: u32, W2: u32, B: u32, number: u32, x0: u32, y0: u32,
  area0: f32, area1: f32, aspect0: f32, aspect1: f32, flip: f32,
  gain0: f32, gain1: f32, gain2: f32, gain3: f32, bias0: f32, bias1: f32, bias2: f32, bias3: f32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> images: array<u32>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> view: array<f32>;
@group(0) @binding(4) var<uniform> step: Step;

const ATTEMPTS: u32 = 10u;

// First pixel (x, y) and extent (width, height), in whole pixels.
struct Box { low: vec2<u32>, extent: vec2<u32> }

// Where ten attempts found no rectangle that fits: the largest one in the middle whose aspect is allowed.
fn middle_box() -> Box {
  let size = vec2<f32>(f32(p.W), f32(p.H));
  let ratio = size.x / size.y;
  var extent = size;
  if (ratio < p.aspect0) { extent.y = round(size.x / p.aspect0); }
  if (ratio > p.aspect1) { extent.x = round(size.y * p.aspect1); }
  let whole = max(vec2<u32>(extent), vec2<u32>(1u));
  return Box((vec2<u32>(p.W, p.H) - whole) / 2u, whole);
}

fn random_box(stream: u32, id: u32, base: u32) -> Box {
  for (var attempt = 0u; attempt < ATTEMPTS; attempt++) {
    let v = random_vec4(stream, step.step, id, base + attempt);
    let area = mix(p.area0, p.area1, unit_f32(v.x)) * f32(p.H * p.W);
    let aspect = exp(mix(log(p.aspect0), log(p.aspect1), unit_f32(v.y)));
    let extent = vec2<u32>(vec2<f32>(round(sqrt(area * aspect)), round(sqrt(area / aspect))));
    if (extent.x > 0u && extent.x <= p.W && extent.y > 0u && extent.y <= p.H) {
      return Box(vec2<u32>(index_below(v.z, p.W - extent.x + 1u), index_below(v.w, p.H - extent.y + 1u)), extent);
    }
  }
  return middle_box();
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let b = wid.y + p.y0;
  let id = index[b];
  let stream = random_stream(step.seed, PURPOSE_AUGMENT);
  let rectangle = random_box(stream, id, 16u * p.number);
  let mirrored = random_f32(stream, step.step, id, 16u * p.number + ATTEMPTS) < p.flip;
  let low = vec2<f32>(rectangle.low);
  let extent = vec2<f32>(rectangle.extent);
  let gain = vec4<f32>(p.gain0, p.gain1, p.gain2, p.gain3);
  let bias = vec4<f32>(p.bias0, p.bias1, p.bias2, p.bias3);
  let plane = p.H2 * p.W2;
  let first = ((wid.x + p.x0) * WG + lane) * 4u;
  for (var i = first; i < min(first + 4u, plane); i++) {
    let x = select(i % p.W2, p.W2 - 1u - i % p.W2, mirrored);
    let d = (vec2<f32>(f32(x), f32(i / p.W2)) + 0.5) * extent / vec2<f32>(f32(p.W2), f32(p.H2)) - 0.5;
    if (CLASSES) {
      let found = pixel(id * p.H * p.W + nearest_tap(low + d, low, low + extent - 1.0, p.W, 1.0).at);
      for (var c = 0u; c < p.K; c++) { view[(b * p.K + c) * plane + i] = select(0.0, 1.0, f32(c) == found); }
      continue;
    }
    let t = taps(low + d, low, low + extent - 1.0, p.W, 1.0);
    for (var c = 0u; c < p.C; c++) {
      view[(b * p.C + c) * plane + i] = gain[min(c, 3u)] * sample((id * p.C + c) * p.H * p.W, t) + bias[min(c, 3u)];
    }
  }
}
