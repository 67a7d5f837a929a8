// dx[b,i,u,v] = sum over o and the taps (ky,kx) with oy*sy = u + py - ky*dy, ox*sx = v + px - kx*dx  of  g[b,o,oy,ox] w[o,i,ky,kx]
// g: f32[B,O,OH,OW]   w: f32[O,I,KH,KW]   ->  dx: f32[B,I,H,W]        the transpose of conv2d.wgsl
// grid [pixels of a class/(8*32), I/8, sy*sx]: pixels are sorted into sy*sx classes by (u mod sy, v mod sx): all pixels of a class
// use the same taps, so no tap is computed for nothing. Within a class as in conv2d: 8 channels x 8 pixels an invocation.
//#import conv_classes
override WG: u32 = 32u;
struct Params {
  B: u32, I: u32, H: u32, W: u32, O: u32, OH: u32, OW: u32, KH: u32, KW: u32,
  sy: u32, sx: u32, py: u32, px: u32, dy: u32, dx: u32, x0: u32, y0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

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
