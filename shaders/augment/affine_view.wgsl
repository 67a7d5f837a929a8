// view[b,c](d) = gain_c image(s) + bias_c,   s - o = R(angle) [1 shear; 0 1] (d - o - shift) / scale,   o the middle of the image
// (random affine of the image, then a mirror image with probability flip: d - o with its x negated. Bilinear; outside, `outside` times
// the nearest pixel of the edge: 0 fills with zeros, 1 repeats the edge. angle, scale - 1, shear, shift uniform in +- their ranges: reading/recipes.md)
// images: u32[N*C*H*W/4]   index: u32[B]   ->   view: f32[B,K,H,W], K = C, or with CLASSES the number of classes
// grid [ceil(H W/4/WG), B]: an invocation computes four pixels of every channel. images holds bytes, four a word.
// Random numbers: (seed, step, index[b], view), so that a view does not depend on the batch that a sample is in.
// CLASSES: the one byte a pixel is a class below K, taken where it lies nearest; view[b,c] is 1 for that class and 0 else, outside all 0.
// shift is in sides of the image. Channels beyond the fourth take the fourth's gain and bias.
// Requires index below N, angle <= pi, scale < 1.
//#import pixels
//#import random
//#import step
override WG: u32 = 64u;
override CLASSES: bool = false;
struct Params {
  N: u32, C: u32, K: u32, H: u32, W: u32, B: u32, number: u32, x0: u32, y0: u32,
  angle: f32, scale: f32, shear: f32, shift: f32, flip: f32, outside: f32,
  gain0: f32, gain1: f32, gain2: f32, gain3: f32, bias0: f32, bias1: f32, bias2: f32, bias3: f32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> images: array<u32>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> view: array<f32>;
@group(0) @binding(4) var<uniform> step: Step;

struct Map { linear: mat2x2<f32>, shift: vec2<f32>, mirror: vec2<f32> }

// Uniform in [-1, 1).
fn signed4(v: vec4<u32>) -> vec4<f32> {
  return 2.0 * vec4<f32>(unit_f32(v.x), unit_f32(v.y), unit_f32(v.z), unit_f32(v.w)) - 1.0;
}

// (cos, sin) to 1e-7: WGSL grants its own no more than 2^-11, a fortieth of a pixel in a 96-pixel image. Series of a quarter, doubled twice.
fn turn(angle: f32) -> vec2<f32> {
  let a = 0.25 * angle;
  let y = a * a;
  let s = a * (1.0 - y / 6.0 * (1.0 - y / 20.0 * (1.0 - y / 42.0 * (1.0 - y / 72.0))));
  let c = 1.0 - y / 2.0 * (1.0 - y / 12.0 * (1.0 - y / 30.0 * (1.0 - y / 56.0 * (1.0 - y / 90.0))));
  let half = vec2<f32>(1.0 - 2.0 * s * s, 2.0 * s * c);
  return vec2<f32>(1.0 - 2.0 * half.y * half.y, 2.0 * half.x * half.y);
}

fn random_map(id: u32) -> Map {
  let stream = random_stream(step.seed, PURPOSE_AUGMENT);
  let bits = random_vec4(stream, step.step, id, 2u * p.number);
  let form = signed4(bits);
  let place = signed4(random_vec4(stream, step.step, id, 2u * p.number + 1u));
  let t = turn(p.angle * form.x) / (1.0 + p.scale * form.y);
  let shear = p.shear * form.z;
  // Columns of R(angle) [1 shear; 0 1] / scale.
  let linear = mat2x2<f32>(vec2<f32>(t.x, t.y), vec2<f32>(shear * t.x - t.y, shear * t.y + t.x));
  let mirror = vec2<f32>(select(1.0, -1.0, unit_f32(bits.w) < p.flip), 1.0);
  return Map(linear, p.shift * place.xy * vec2<f32>(f32(p.W), f32(p.H)), mirror);
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let b = wid.y + p.y0;
  let id = index[b];
  let plane = p.H * p.W;
  let first = ((wid.x + p.x0) * WG + lane) * 4u;
  let map = random_map(id);
  let last = vec2<f32>(f32(p.W) - 1.0, f32(p.H) - 1.0);
  let gain = vec4<f32>(p.gain0, p.gain1, p.gain2, p.gain3);
  let bias = vec4<f32>(p.bias0, p.bias1, p.bias2, p.bias3);
  for (var i = first; i < min(first + 4u, plane); i++) {
    let d = map.mirror * (vec2<f32>(f32(i % p.W), f32(i / p.W)) - 0.5 * last) - map.shift;
    if (CLASSES) {
      let tap = nearest_tap(map.linear * d + 0.5 * last, vec2<f32>(0.0), last, p.W, p.outside);
      let found = pixel(id * plane + tap.at);
      for (var c = 0u; c < p.K; c++) { view[(b * p.K + c) * plane + i] = select(0.0, tap.weight, f32(c) == found); }
      continue;
    }
    let t = taps(map.linear * d + 0.5 * last, vec2<f32>(0.0), last, p.W, p.outside);
    for (var c = 0u; c < p.C; c++) {
      view[(b * p.C + c) * plane + i] = gain[min(c, 3u)] * sample((id * p.C + c) * plane, t) + bias[min(c, 3u)];
    }
  }
}
