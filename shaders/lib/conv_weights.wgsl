// What the weight gradients of convolutions share: weights, the inputs they meet at a pixel, and where they are stored. The importing kernel declares Params p and the bindings x, part.
/// Four weights: their input channel's plane, and how far their tap reaches from the window's corner.
struct Weights { plane: vec4u, row: vec4i, column: vec4i }
/// One output pixel.
struct Pixel { b: u32, oy: u32, ox: u32 }

fn weights(k: vec4u) -> Weights {
  let weight = min(k, vec4u(p.I * p.KH * p.KW - 1u));
  let line = weight / p.KW;
  let row = vec4i(line % p.KH * p.dy) - i32(p.py);
  return Weights(line / p.KH * (p.H * p.W), row, vec4i((weight % p.KW) * p.dx) - i32(p.px));
}

fn x4(k: Weights, v: Pixel) -> vec4f {
  let row = vec4u(k.row + i32(v.oy * p.sy));
  let column = vec4u(k.column + i32(v.ox * p.sx));
  let inside = (row < vec4u(p.H)) & (column < vec4u(p.W));
  let at = v.b * (p.I * p.H * p.W) + k.plane + select(vec4u(), row * p.W + column, inside);
  return vec4f(vec4<Act>(x[at.x], x[at.y], x[at.z], x[at.w])) * select(vec4f(), vec4f(1.0), inside);
}

fn next(v: Pixel) -> Pixel {
  let wrap = v.ox + 1u == p.OW;
  let turn = wrap && v.oy + 1u == p.OH;
  return Pixel(v.b + u32(turn), select(v.oy + u32(wrap), 0u, turn), select(v.ox + 1u, 0u, wrap));
}

fn base(v: Pixel) -> u32 { return (v.b * p.O * p.OH + v.oy) * p.OW + v.ox; }

fn store(s: u32, o: u32, k: vec4u, v: vec4f) {
  if (o >= p.O) { return; }
  let size = p.I * p.KH * p.KW;
  let row = (s * p.O + o) * size;
  if (k.x < size) { part[row + k.x] = v.x; }
  if (k.y < size) { part[row + k.y] = v.y; }
  if (k.z < size) { part[row + k.z] = v.z; }
  if (k.w < size) { part[row + k.w] = v.w; }
}
