// Colour operations on RGB in 0 .. 1 with the meanings of torchvision's tensor path (transforms/_functional_tensor.py); each clamps its result.
// Four pixels at a time, a vec4 a channel: what decides is the same for all of them, so it is decided once.
struct Colours { r: vec4f, g: vec4f, b: vec4f }

const CONTRAST: u32 = 1u;
const SATURATION: u32 = 2u;
const HUE: u32 = 3u;

// Weights of ITU-R 601-2 as torchvision rounds them: they sum to 0.9999.
fn luma(v: Colours) -> vec4f { return 0.2989 * v.r + 0.587 * v.g + 0.114 * v.b; }

fn clamped(v: vec4f) -> vec4f { return clamp(v, vec4f(), vec4f(1.0)); }

// Brightness, contrast and saturation: a blend with black, with the image's mean grey, with a pixel's own grey.
fn blend(v: Colours, factor: f32, other: vec4f) -> Colours {
  let rest = (1.0 - factor) * other;
  return Colours(clamped(factor * v.r + rest), clamped(factor * v.g + rest), clamped(factor * v.b + rest));
}

// The hue turned by `turns` of the circle, saturation and value kept. Written without HSV's division by the value and without its sectors,
// so that it is continuous: rounding cannot make a colour jump. Grey has no hue, and no chroma to move it.
fn turn_hue(v: Colours, turns: f32) -> Colours {
  let value = max(max(v.r, v.g), v.b);
  let chroma = value - min(min(v.r, v.g), v.b);
  let green = value == v.g;
  let red = value == v.r;
  let along = select(select(v.r - v.g, v.b - v.r, green), v.g - v.b, red);
  let sector = select(select(vec4f(4.0), vec4f(2.0), green), vec4f(), red);
  let sixth = sector + along / max(chroma, vec4f(1e-20)) + 6.0 * turns;
  return Colours(hued(value, chroma, sixth + 5.0), hued(value, chroma, sixth + 3.0), hued(value, chroma, sixth + 1.0));
}

fn hued(value: vec4f, chroma: vec4f, k: vec4f) -> vec4f {
  let part = k - 6.0 * floor(k / 6.0);
  return clamped(value - chroma * clamped(min(part, 4.0 - part)));
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
