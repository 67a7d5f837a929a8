// What the convolutions by rows of pixels share: windows, their taps, and where pixels are stored. The importing kernel declares Params p and the bindings x, y.
const OUTSIDE: u32 = 0xffffffffu;

/// Where a pixel's window starts: its image, and the top left corner of the window (which may lie outside).
struct Window { image: vec4u, row: vec4i, column: vec4i }
struct Taps { at: vec4u, mask: vec4f }

fn window(q: vec4u) -> Window {
  let pixel = min(q, vec4u(p.B * p.OH * p.OW - 1u));
  let line = pixel / p.OW;
  let row = vec4i(line % p.OH * p.sy) - i32(p.py);
  return Window(line / p.OH * (p.I * p.H * p.W), row, vec4i((pixel % p.OW) * p.sx) - i32(p.px));
}

fn taps(v: Window, ky: u32, kx: u32) -> Taps {
  let row = vec4u(v.row + i32(ky * p.dy)); // negative ones become huge, so one comparison does
  let column = vec4u(v.column + i32(kx * p.dx));
  let inside = (row < vec4u(p.H)) & (column < vec4u(p.W));
  return Taps(v.image + select(vec4u(), row * p.W + column, inside), select(vec4f(), vec4f(1.0), inside));
}

fn x4(i: vec4u) -> vec4f { return vec4f(vec4<Act>(x[i.x], x[i.y], x[i.z], x[i.w])); }

/// Where channel 0 of four pixels goes; OUTSIDE beyond the last pixel.
fn places(q: vec4u) -> vec4u {
  let area = p.OH * p.OW;
  return select(vec4u(OUTSIDE), q / area * (p.O * area) + q % area, q < vec4u(p.B * area));
}

fn store(o: u32, at: vec4u, v: vec4f) {
  if (o >= p.O) { return; }
  let plane = o * p.OH * p.OW;
  if (at.x != OUTSIDE) { y[at.x + plane] = Act(v.x); }
  if (at.y != OUTSIDE) { y[at.y + plane] = Act(v.y); }
  if (at.z != OUTSIDE) { y[at.z + plane] = Act(v.z); }
  if (at.w != OUTSIDE) { y[at.w + plane] = Act(v.w); }
}
