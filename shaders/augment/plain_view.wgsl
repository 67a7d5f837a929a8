// view[b,c] = gain_c image[index[b],c] + bias_c           (gain 1 / (255 std), bias -mean / std: torchvision's ToTensor and Normalize)
// images: u32[N*C*P/4]   index: u32[B]   ->   view: f32[B,K,P], K = C, or with CLASSES the number of classes
// grid [ceil(P/4/WG), B]: an invocation copies four pixels of every channel. P = H W; images holds bytes, four a word.
// CLASSES: the one byte a pixel is a class below K; view[b,c] is 1 for that class and 0 else.
// Channels beyond the fourth take the fourth's gain and bias.
// Requires index below N.
//#import pixels
override WG: u32 = 64u;
override CLASSES: bool = false;
struct Params {
  N: u32, C: u32, K: u32, P: u32, B: u32, x0: u32, y0: u32,
  gain0: f32, gain1: f32, gain2: f32, gain3: f32, bias0: f32, bias1: f32, bias2: f32, bias3: f32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> images: array<u32>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> view: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let b = wid.y + p.y0;
  let first = ((wid.x + p.x0) * WG + lane) * 4u;
  let gain = vec4<f32>(p.gain0, p.gain1, p.gain2, p.gain3);
  let bias = vec4<f32>(p.bias0, p.bias1, p.bias2, p.bias3);
  for (var c = 0u; c < p.K; c++) {
    let source = (index[b] * p.C + min(c, p.C - 1u)) * p.P;
    let target_plane = (b * p.K + c) * p.P;
    let channel = min(c, 3u);
    for (var i = first; i < min(first + 4u, p.P); i++) {
      view[target_plane + i] = select(gain[channel] * pixel(source + i) + bias[channel], select(0.0, 1.0, pixel(source + i) == f32(c)), CLASSES);
    }
  }
}
