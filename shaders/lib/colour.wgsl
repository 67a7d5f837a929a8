// Colour operations on RGB in 0 .. 1 with the meanings of torchvision's tensor path (transforms/_functional_tensor.py); each clamps its result.

const BRIGHTNESS: u32 = 0u;
const CONTRAST: u32 = 1u;
const SATURATION: u32 = 2u;

// Weights of ITU-R 601-2 as torchvision rounds them: they sum to 0.9999.
fn luma(rgb: vec3<f32>) -> f32 {
  return dot(rgb, vec3<f32>(0.2989, 0.587, 0.114));
}

// The hue turned by `turns` of the circle, saturation and value kept. Written without HSV's division by the value and without its sectors,
// so that it is continuous: rounding cannot make a colour jump.
fn turn_hue(rgb: vec3<f32>, turns: f32) -> vec3<f32> {
  let value = max(max(rgb.x, rgb.y), rgb.z);
  let chroma = value - min(min(rgb.x, rgb.y), rgb.z);
  if (chroma < 1e-20) { return rgb; } // grey has no hue
  let d = (rgb.yzx - rgb.zxy) / chroma;
  var sixth = 4.0 + d.z;
  if (value == rgb.y) { sixth = 2.0 + d.y; }
  if (value == rgb.x) { sixth = d.x; }
  let k = vec3<f32>(5.0, 3.0, 1.0) + sixth + 6.0 * turns;
  let part = k - 6.0 * floor(k / 6.0);
  return clamp(value - chroma * clamp(min(part, 4.0 - part), vec3<f32>(0.0), vec3<f32>(1.0)), vec3<f32>(0.0), vec3<f32>(1.0));
}

// Operation `op` with its factor: a blend with black, with the image's mean grey, with the pixel's own grey, or a turn of the hue.
fn adjust(rgb: vec3<f32>, op: u32, factor: f32, mean: f32) -> vec3<f32> {
  if (op > SATURATION) { return turn_hue(rgb, factor); }
  var other = 0.0;
  if (op == CONTRAST) { other = mean; }
  if (op == SATURATION) { other = luma(rgb); }
  return clamp(factor * rgb + (1.0 - factor) * other, vec3<f32>(0.0), vec3<f32>(1.0));
}

// The order of four operations, `code` of 24: the first in the lowest four bits, and so on (Lehmer's code of a permutation).
fn order_of(code: u32) -> u32 {
  var rest = code;
  var left = 0x3210u;
  var order = 0u;
  for (var k = 0u; k < 4u; k++) {
    let at = 4u * (rest % (4u - k));
    rest /= 4u - k;
    order |= ((left >> at) & 15u) << (4u * k);
    left = (left & ((1u << at) - 1u)) | ((left >> (at + 4u)) << at);
  }
  return order;
}
