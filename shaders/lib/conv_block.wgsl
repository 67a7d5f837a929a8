// What the 3 x 3 convolutions by blocks of 4 x 4 pixels share. The importing kernel declares Params p and the bindings x, w, y.
override FLIP: bool = false;

// A block's window of 6 x 6 pixels: its image in x, where its rows and columns are within a channel's plane (clamped), and 1 for those
// that are inside the image, 0 for the others.
struct Window {
  image: u32,
  top: vec4u, low: vec2u, top_mask: vec4f, low_mask: vec2f,
  left: vec4u, right: vec2u, left_mask: vec4f, right_mask: vec2f,
}

fn blocks_wide() -> u32 { return (p.OW + 3u) / 4u; }
fn blocks_high() -> u32 { return (p.OH + 3u) / 4u; }

// Blocks past the last one stand for it; they are not stored.
fn window_of(q: u32) -> Window {
  let tile = min(q, p.B * blocks_high() * blocks_wide() - 1u);
  let line = tile / blocks_wide();
  let rows = i32(line % blocks_high() * 4u) - i32(p.py) + vec4i(0, 1, 2, 3);
  let columns = i32(tile % blocks_wide() * 4u) - i32(p.px) + vec4i(0, 1, 2, 3);
  let top = vec4u(rows); // negative ones become huge, so one comparison does
  let low = vec2u(rows.xy + 4);
  let left = vec4u(columns);
  let right = vec2u(columns.xy + 4);
  return Window(
    line / blocks_high() * (p.I * p.H * p.W),
    select(vec4u(), top, top < vec4u(p.H)) * p.W, select(vec2u(), low, low < vec2u(p.H)) * p.W,
    select(vec4f(), vec4f(1.0), top < vec4u(p.H)), select(vec2f(), vec2f(1.0), low < vec2u(p.H)),
    select(vec4u(), left, left < vec4u(p.W)), select(vec2u(), right, right < vec2u(p.W)),
    select(vec4f(), vec4f(1.0), left < vec4u(p.W)), select(vec2f(), vec2f(1.0), right < vec2u(p.W)),
  );
}

// A row of the window, for each of the three columns of taps the four pixels that it meets.
fn row(v: Window, at: u32, mask: f32) -> mat3x4f {
  let l = vec4f(vec4<Act>(x[at + v.left.x], x[at + v.left.y], x[at + v.left.z], x[at + v.left.w])) * (v.left_mask * mask);
  let r = vec2f(vec2<Act>(x[at + v.right.x], x[at + v.right.y])) * (v.right_mask * mask);
  return mat3x4f(l, vec4f(l.yzw, r.x), vec4f(l.zw, r));
}

// A row of taps.
fn taps(at: u32, ky: u32) -> vec3f {
  if (FLIP) {
    let last = at + 8u - 3u * ky;
    return vec3f(w[last], w[last - 1u], w[last - 2u]);
  }
  let first = at + 3u * ky;
  return vec3f(w[first], w[first + 1u], w[first + 2u]);
}

// Where a block goes in channel 0 of y; an image past the last for a block past the last.
struct Place { image: u32, row: u32, column: u32 }

fn place_of(q: u32) -> Place {
  let line = q / blocks_wide();
  return Place(line / blocks_high(), line % blocks_high() * 4u, q % blocks_wide() * 4u);
}

fn store(to: Place, o: u32, v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f) {
  if (o >= p.O || to.image >= p.B) { return; }
  let plane = (to.image * p.O + o) * p.OH;
  store_row(plane, to.row, to.column, v0);
  store_row(plane, to.row + 1u, to.column, v1);
  store_row(plane, to.row + 2u, to.column, v2);
  store_row(plane, to.row + 3u, to.column, v3);
}

fn store_row(plane: u32, line: u32, column: u32, v: vec4f) {
  if (line >= p.OH) { return; }
  let at = (plane + line) * p.OW + column;
  if (column < p.OW) { y[at] = Act(v.x); }
  if (column + 1u < p.OW) { y[at + 1u] = Act(v.y); }
  if (column + 2u < p.OW) { y[at + 2u] = Act(v.z); }
  if (column + 3u < p.OW) { y[at + 3u] = Act(v.w); }
}
