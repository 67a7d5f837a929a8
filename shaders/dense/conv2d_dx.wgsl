// dx[b,i,u,v] = sum over o and the taps (ky,kx) with oy*sy = u + py - ky*dy, ox*sx = v + px - kx*dx  of  g[b,o,oy,ox] w[o,i,ky,kx]
// g: f32[B,O,OH,OW]   w: f32[O,I,KH,KW]   ->  dx: f32[B,I,H,W]        the transpose of conv2d.wgsl
// grid [pixels of a class/(8*32), I/8, sy*sx]: pixels are sorted into sy*sx classes by (u mod sy, v mod sx): all pixels of a class
// use the same taps, so no tap is computed for nothing. Within a class as in conv2d: 8 channels x 8 pixels an invocation.
override WG: u32 = 32u;
struct Params {
  B: u32, I: u32, H: u32, W: u32, O: u32, OH: u32, OW: u32, KH: u32, KW: u32,
  sy: u32, sx: u32, py: u32, px: u32, dy: u32, dx: u32, x0: u32, y0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

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

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let phaseY = wid.z / p.sx;
  let phaseX = wid.z % p.sx;
  if (phaseY >= p.H || phaseX >= p.W) { return; }
  let height = (p.H - phaseY + p.sy - 1u) / p.sy;
  let width = (p.W - phaseX + p.sx - 1u) / p.sx;
  let first = (wid.x + p.x0) * WG * 8u + lane;
  if (first >= p.B * height * width) { return; }
  let ql = first + vec4u(0u, 1u, 2u, 3u) * WG;
  let qr = ql + 4u * WG;
  let left = pixels(ql, height, width);
  let right = pixels(qr, height, width);
  let i = (wid.y + p.y0) * 8u;
  let taken = p.KH * p.KW;
  let step = p.I * taken;
  let il = min(i + vec4u(0u, 1u, 2u, 3u), vec4u(p.I - 1u)) * taken;
  let ih = min(i + vec4u(4u, 5u, 6u, 7u), vec4u(p.I - 1u)) * taken;
  let area = p.OH * p.OW;
  var l0 = vec4f(); var l1 = vec4f(); var l2 = vec4f(); var l3 = vec4f(); var l4 = vec4f(); var l5 = vec4f(); var l6 = vec4f(); var l7 = vec4f();
  var r0 = vec4f(); var r1 = vec4f(); var r2 = vec4f(); var r3 = vec4f(); var r4 = vec4f(); var r5 = vec4f(); var r6 = vec4f(); var r7 = vec4f();
  for (var tap = 0u; tap < taken; tap++) {
    let dy = i32(phaseY + p.py) - i32(tap / p.KW * p.dy);
    let dxx = i32(phaseX + p.px) - i32(tap % p.KW * p.dx);
    if (dy % i32(p.sy) != 0 || dxx % i32(p.sx) != 0) { continue; } // this class does not use this tap
    let tl = taps(left, dy / i32(p.sy), dxx / i32(p.sx));
    let tr = taps(right, dy / i32(p.sy), dxx / i32(p.sx));
    var al = tl.at;
    var ar = tr.at;
    var k = tap;
    for (var o = 0u; o < p.O; o++) {
      let gl = g4(al) * tl.mask;
      let gr = g4(ar) * tr.mask;
      let w0 = w[il.x + k]; l0 += gl * w0; r0 += gr * w0;
      let w1 = w[il.y + k]; l1 += gl * w1; r1 += gr * w1;
      let w2 = w[il.z + k]; l2 += gl * w2; r2 += gr * w2;
      let w3 = w[il.w + k]; l3 += gl * w3; r3 += gr * w3;
      let w4 = w[ih.x + k]; l4 += gl * w4; r4 += gr * w4;
      let w5 = w[ih.y + k]; l5 += gl * w5; r5 += gr * w5;
      let w6 = w[ih.z + k]; l6 += gl * w6; r6 += gr * w6;
      let w7 = w[ih.w + k]; l7 += gl * w7; r7 += gr * w7;
      al += area; ar += area; k += step;
    }
  }
  let atl = places(ql, height, width, phaseY, phaseX);
  let atr = places(qr, height, width, phaseY, phaseX);
  store(i, atl, l0); store(i, atr, r0);
  store(i + 1u, atl, l1); store(i + 1u, atr, r1);
  store(i + 2u, atl, l2); store(i + 2u, atr, r2);
  store(i + 3u, atl, l3); store(i + 3u, atr, r3);
  store(i + 4u, atl, l4); store(i + 4u, atr, r4);
  store(i + 5u, atl, l5); store(i + 5u, atr, r5);
  store(i + 6u, atl, l6); store(i + 6u, atr, r6);
  store(i + 7u, atl, l7); store(i + 7u, atr, r7);
}
