// What the input gradients of convolutions share: pixels of a class, the taps they have, and where they are stored. The importing kernel declares Params p and the bindings g, dx.
const OUTSIDE: u32 = 0xffffffffu;

/// Pixels of a class: image (as an offset into g) and the row and column counted within the class.
struct Pixels { image: vec4u, row: vec4i, column: vec4i }
struct Taps { at: vec4u, mask: vec4f }

fn pixels(q: vec4u, height: u32, width: u32) -> Pixels {
  let pixel = min(q, vec4u(p.B * height * width - 1u));
  let line = pixel / width;
  return Pixels(line / height * (p.O * p.OH * p.OW), vec4i(line % height), vec4i(pixel % width));
}

fn taps(v: Pixels, shiftY: i32, shiftX: i32) -> Taps {
  let row = vec4u(v.row + shiftY); // negative ones become huge, so one comparison does
  let column = vec4u(v.column + shiftX);
  let inside = (row < vec4u(p.OH)) & (column < vec4u(p.OW));
  return Taps(v.image + select(vec4u(), row * p.OW + column, inside), select(vec4f(), vec4f(1.0), inside));
}

fn g4(i: vec4u) -> vec4f { return vec4f(g[i.x], g[i.y], g[i.z], g[i.w]); }

/// Writes one channel at four pixels; `at` is the place of channel 0, 0xffffffff beyond the last pixel.
fn store(i: u32, at: vec4u, v: vec4f) {
  if (i >= p.I) { return; }
  let plane = i * p.H * p.W;
  if (at.x != OUTSIDE) { dx[at.x + plane] = v.x; }
  if (at.y != OUTSIDE) { dx[at.y + plane] = v.y; }
  if (at.z != OUTSIDE) { dx[at.z + plane] = v.z; }
  if (at.w != OUTSIDE) { dx[at.w + plane] = v.w; }
}

fn places(q: vec4u, height: u32, width: u32, phaseY: u32, phaseX: u32) -> vec4u {
  let line = q / width;
  let row = line % height * p.sy + phaseY;
  let at = (line / height * (p.I * p.H) + row) * p.W + q % width * p.sx + phaseX;
  return select(vec4u(OUTSIDE), at, q < vec4u(p.B * height * width));
}
