// dx[b,i,u,v] = sum over o and the taps (ky,kx) with oy*sy = u + py - ky, ox*sx = v + px - kx  of  g[b,o,oy,ox] w[o,i,ky,kx]     as conv2d_dx.wgsl
// g: f32[B,O,OH,OW]   w: f32[O,I,KH,KW]   ->  dx: f32[B,I,H,W]
// grid [pixels of a class/64, I/64, sy*sx]: the form for GPUs (lib/tile64.wgsl; the arithmetic: conv2d_shared.wgsl). Pixels are sorted into classes by
// (u mod sy, v mod sx): all of a class use the same taps, every sy-th and sx-th one, so that no term is computed for nothing.
// Requires dilation 1. Not measured on a GPU yet; on software adapters workgroup memory is dearer than memory.
//#import tile64
struct Params {
  B: u32, I: u32, H: u32, W: u32, O: u32, OH: u32, OW: u32, KH: u32, KW: u32,
  sy: u32, sx: u32, py: u32, px: u32, x0: u32, y0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

// A class of pixels: its first one, how many rows and columns it has, its first tap and how many it takes.
struct Class { phase: vec2u, extent: vec2u, tap: vec2u, taps: vec2u }

fn class_of(z: u32) -> Class {
  let stride = vec2u(p.sy, p.sx);
  let phase = vec2u(z / p.sx, z % p.sx);
  let tap = (phase + vec2u(p.py, p.px)) % stride;
  let taps = (max(vec2u(p.KH, p.KW), tap) - tap + stride - 1u) / stride; // a kernel smaller than the stride leaves classes without any
  return Class(phase, (max(vec2u(p.H, p.W), phase) - phase + stride - 1u) / stride, tap, taps);
}

// Pixels of the class: image (as an offset into g), and where their first tap points to.
struct Pixels { image: vec4u, row: vec4i, column: vec4i }

fn pixels(c: Class, q: vec4u) -> Pixels {
  let pixel = min(q, vec4u(p.B * c.extent.x * c.extent.y - 1u));
  let line = pixel / c.extent.y;
  // From row u = row*sy + phase, tap ky sees oy = (u + py - ky) / sy, and the next one of the class oy - 1.
  let first = (vec2i(c.phase + vec2u(p.py, p.px)) - vec2i(c.tap)) / vec2i(i32(p.sy), i32(p.sx));
  return Pixels(line / c.extent.x * (p.O * p.OH * p.OW), vec4i(line % c.extent.x) + first.x, vec4i(pixel % c.extent.y) + first.y);
}

fn g4(c: Class, v: Pixels, k: u32, terms: u32) -> vec4f {
  let term = min(k, terms - 1u);
  let line = term / c.taps.y;
  let row = vec4u(v.row - i32(line % c.taps.x)); // negative ones become huge, so one comparison does
  let column = vec4u(v.column - i32(term % c.taps.y));
  let inside = (row < vec4u(p.OH)) & (column < vec4u(p.OW));
  let at = v.image + line / c.taps.x * (p.OH * p.OW) + select(vec4u(), row * p.OW + column, inside);
  return select(vec4f(), vec4f(g[at.x], g[at.y], g[at.z], g[at.w]), inside & vec4<bool>(k < terms));
}

fn w4(c: Class, i: u32, k: u32, terms: u32) -> vec4f {
  let term = min(k, terms - 1u);
  let line = term / c.taps.y;
  let place = (c.tap.x + line % c.taps.x * p.sy) * p.KW + c.tap.y + term % c.taps.y * p.sx;
  let at = (line / c.taps.x * p.I + min(i + vec4u(0u, 1u, 2u, 3u), vec4u(p.I - 1u))) * (p.KH * p.KW) + place;
  return select(vec4f(), vec4f(w[at.x], w[at.y], w[at.z], w[at.w]), k < terms);
}

fn store(class_index: u32, i: u32, q: u32, v: vec4f) {
  if (i >= p.I) { return; }
  let c = class_of(class_index);
  for (var n = 0u; n < 4u; n++) {
    let line = (q + n) / c.extent.y;
    let row = line % c.extent.x * p.sy + c.phase.x;
    let at = ((line / c.extent.x * p.I + i) * p.H + row) * p.W + (q + n) % c.extent.y * p.sx + c.phase.y;
    if (q + n < p.B * c.extent.x * c.extent.y) { dx[at] = v[n]; }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let c = class_of(wid.z);
  if (c.extent.x == 0u || c.extent.y == 0u) { return; }
  let column = (wid.x + p.x0) * 64u;
  let row = (wid.y + p.y0) * 64u;
  let terms = p.O * c.taps.x * c.taps.y;
  let own = pixels(c, column + lane % 16u * 4u + vec4u(0u, 1u, 2u, 3u));
  var s = Sums();
  for (var k = 0u; k < terms; k += 16u) {
    workgroupBarrier();
    for (var r = 0u; r < 4u; r++) {
      let other = lane / 16u + 4u * r;
      left[lane % 16u * ROW + other] = w4(c, row + 4u * other, k + lane % 16u, terms);
      right[other * ROW + lane % 16u] = g4(c, own, k + other, terms);
    }
    workgroupBarrier();
    multiply(&s, lane);
  }
  put(s, wid.z, row, column, lane);
}
