// y[b,c](i) = gain_c sum_t w_t x[b,c](i + t) / sum_t w_t + bias_c,   w_t = exp(-t^2 / (2 sigma^2)), |t| <= radius, along one axis
// (torchvision's GaussianBlur of 2 radius + 1 taps, which reflects at the edges; twice, once an axis)
// x: f32[B,C,H,W]   index: u32[B]   ->   y: f32[B,C,H,W]
// grid [ceil(H W/4/WG), B C]: an invocation computes four pixels of one channel, which share the weights.
// `blur` is the probability, sigma uniform in [sigma0, sigma1]. Random numbers: (seed, step, index[b], view), so both axes draw the same.
// Channels beyond the fourth take the fourth's gain and bias.
// Requires radius below the side that is blurred, 0 < sigma0 <= sigma1.
//#import random
//#import step
override WG: u32 = 64u;
struct Params {
  B: u32, C: u32, H: u32, W: u32, number: u32, radius: u32, vertical: u32, x0: u32, y0: u32,
  blur: f32, sigma0: f32, sigma1: f32,
  gain0: f32, gain1: f32, gain2: f32, gain3: f32, bias0: f32, bias1: f32, bias2: f32, bias3: f32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = wid.y + p.y0;
  let first = ((wid.x + p.x0) * WG + lane) * 4u;
  let plane = p.H * p.W;
  if (first >= plane) { return; }
  // The crop draws from 16 number to 16 number + 10, colours at 11 and 12.
  let u = random_vec4(random_stream(step.seed, PURPOSE_AUGMENT), step.step, index[row / p.C], 16u * p.number + 13u);
  let radius = select(0, i32(p.radius), unit_f32(u.x) < p.blur);
  let sigma = p.sigma0 + (p.sigma1 - p.sigma0) * unit_f32(u.y);
  let i = min(first + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(plane - 1u));
  let stride = select(1u, p.W, p.vertical == 1u);
  let place = select(i % p.W, i / p.W, vec4<bool>(p.vertical == 1u));
  let origin = row * plane + i - place * stride;
  let last = vec4<i32>(i32(select(p.W, p.H, p.vertical == 1u)) - 1);
  var sum = vec4<f32>(0.0);
  var weights = 0.0;
  for (var t = -radius; t <= radius; t++) {
    let d = f32(t) / sigma;
    let weight = exp(-0.5 * d * d);
    let mirrored = last - abs(last - abs(vec4<i32>(place) + t));
    let at = origin + vec4<u32>(mirrored) * stride;
    sum += weight * vec4<f32>(x[at.x], x[at.y], x[at.z], x[at.w]);
    weights += weight;
  }
  let channel = min(row % p.C, 3u);
  let gain = vec4<f32>(p.gain0, p.gain1, p.gain2, p.gain3)[channel];
  let result = gain * (sum / weights) + vec4<f32>(p.bias0, p.bias1, p.bias2, p.bias3)[channel];
  for (var k = 0u; k < min(4u, plane - first); k++) { y[row * plane + first + k] = result[k]; }
}
