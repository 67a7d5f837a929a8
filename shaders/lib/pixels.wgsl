// Reading uint8 pixels and sampling between them. The importing kernel declares images: array<u32>, four bytes a word, low byte first.

// Byte i of `images`, 0 to 255.
fn pixel(i: u32) -> f32 {
  return f32((images[i >> 2u] >> ((i & 3u) * 8u)) & 255u);
}

// The four pixels around a point and their bilinear weights. One of these serves all channels of a pixel.
struct Taps { at: vec4<u32>, weight: vec4<f32> }

// `point` is (x, y) in pixels, (0, 0) the middle of the first. Beyond [low, high] (inclusive, within the image) pixels are `outside` times
// those at the edge: 0 fills with zeros, 1 repeats the edge.
fn taps(point: vec2<f32>, low: vec2<f32>, high: vec2<f32>, width: u32, outside: f32) -> Taps {
  // Far-away points fall onto the frame just outside, so that the conversion to integers below cannot overflow.
  let near = clamp(point, low - 1.0, high + 1.0);
  let corner = floor(near);
  let part = near - corner;
  let x = vec4<f32>(corner.x, corner.x + 1.0, corner.x, corner.x + 1.0);
  let y = vec4<f32>(corner.y, corner.y, corner.y + 1.0, corner.y + 1.0);
  let inside_x = clamp(x, vec4<f32>(low.x), vec4<f32>(high.x));
  let inside_y = clamp(y, vec4<f32>(low.y), vec4<f32>(high.y));
  let weight = vec4<f32>((1.0 - part.x) * (1.0 - part.y), part.x * (1.0 - part.y), (1.0 - part.x) * part.y, part.x * part.y);
  let kept = select(vec4<f32>(outside), vec4<f32>(1.0), (x == inside_x) & (y == inside_y));
  return Taps(vec4<u32>(inside_y) * width + vec4<u32>(inside_x), weight * kept);
}

// The pixel nearest to a point, and what a pixel beyond [low, high] counts for: as `taps`, for bytes that are no intensities.
struct Tap { at: u32, weight: f32 }

fn nearest_tap(point: vec2<f32>, low: vec2<f32>, high: vec2<f32>, width: u32, outside: f32) -> Tap {
  let near = clamp(floor(point + 0.5), low - 1.0, high + 1.0);
  let inside = clamp(near, low, high);
  return Tap(u32(inside.y) * width + u32(inside.x), select(outside, 1.0, all(near == inside)));
}

// The value at the taps in the plane (one channel of one image) that starts at byte `plane`.
fn sample(plane: u32, t: Taps) -> f32 {
  return dot(t.weight, vec4<f32>(pixel(plane + t.at.x), pixel(plane + t.at.y), pixel(plane + t.at.z), pixel(plane + t.at.w)));
}
