// y[b,o,oy,ox] = sum_{i,ky,kx} x[b,i, oy*sy + ky*dy - py, ox*sx + kx*dx - px] w[o,i,ky,kx]     cross-correlation, as in PyTorch
// x: f32[B,I,H,W]   w: f32[O,I,KH,KW]   ->  y: f32[B,O,OH,OW]
// grid [pixels/(8*32), O/8]: an invocation computes 8 output channels x 8 pixels in registers (implicit GEMM). Pixels run over
// the whole batch; those of one invocation lie WG apart, so that lanes read neighbours. Outside a tap: clamped index, mask 0.
override WG: u32 = 32u;
struct Params {
  B: u32, I: u32, H: u32, W: u32, O: u32, OH: u32, OW: u32, KH: u32, KW: u32,
  sy: u32, sx: u32, py: u32, px: u32, dy: u32, dx: u32, x0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

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

fn x4(i: vec4u) -> vec4f { return vec4f(x[i.x], x[i.y], x[i.z], x[i.w]); }
fn w4(i: u32, step: u32) -> vec4f { return vec4f(w[i], w[i + step], w[i + 2u * step], w[i + 3u * step]); }

fn store(o: u32, q: vec4u, v: vec4f) {
  if (o >= p.O) { return; }
  let area = p.OH * p.OW;
  let at = (q / area * p.O + o) * area + q % area;
  let limit = p.B * area;
  if (q.x < limit) { y[at.x] = v.x; }
  if (q.y < limit) { y[at.y] = v.y; }
  if (q.z < limit) { y[at.z] = v.z; }
  if (q.w < limit) { y[at.w] = v.w; }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * WG * 8u + lane;
  if (first >= p.B * p.OH * p.OW) { return; }
  let ql = first + vec4u(0u, 1u, 2u, 3u) * WG;
  let qr = ql + 4u * WG;
  let left = window(ql);
  let right = window(qr);
  let o = wid.y * 8u;
  let step = p.KH * p.KW;
  let size = p.I * step; // of one output channel's weights
  let ol = min(o + vec4u(0u, 1u, 2u, 3u), vec4u(p.O - 1u)) * size;
  let or = min(o + vec4u(4u, 5u, 6u, 7u), vec4u(p.O - 1u)) * size;
  let area = p.H * p.W;
  var l0 = vec4f(); var l1 = vec4f(); var l2 = vec4f(); var l3 = vec4f(); var l4 = vec4f(); var l5 = vec4f(); var l6 = vec4f(); var l7 = vec4f();
  var r0 = vec4f(); var r1 = vec4f(); var r2 = vec4f(); var r3 = vec4f(); var r4 = vec4f(); var r5 = vec4f(); var r6 = vec4f(); var r7 = vec4f();
  for (var tap = 0u; tap < step; tap++) {
    let tl = taps(left, tap / p.KW, tap % p.KW);
    let tr = taps(right, tap / p.KW, tap % p.KW);
    var al = tl.at;
    var ar = tr.at;
    var k = tap;
    var i = 0u;
    for (; i + 4u <= p.I; i += 4u) {
      let xl = mat4x4f(x4(al) * tl.mask, x4(al + area) * tl.mask, x4(al + 2u * area) * tl.mask, x4(al + 3u * area) * tl.mask);
      let xr = mat4x4f(x4(ar) * tr.mask, x4(ar + area) * tr.mask, x4(ar + 2u * area) * tr.mask, x4(ar + 3u * area) * tr.mask);
      let w0 = w4(ol.x + k, step); l0 += xl * w0; r0 += xr * w0;
      let w1 = w4(ol.y + k, step); l1 += xl * w1; r1 += xr * w1;
      let w2 = w4(ol.z + k, step); l2 += xl * w2; r2 += xr * w2;
      let w3 = w4(ol.w + k, step); l3 += xl * w3; r3 += xr * w3;
      let w4_ = w4(or.x + k, step); l4 += xl * w4_; r4 += xr * w4_;
      let w5 = w4(or.y + k, step); l5 += xl * w5; r5 += xr * w5;
      let w6 = w4(or.z + k, step); l6 += xl * w6; r6 += xr * w6;
      let w7 = w4(or.w + k, step); l7 += xl * w7; r7 += xr * w7;
      al += 4u * area; ar += 4u * area; k += 4u * step;
    }
    for (; i < p.I; i++) {
      let xl = x4(al) * tl.mask;
      let xr = x4(ar) * tr.mask;
      let w0 = w[ol.x + k]; l0 += xl * w0; r0 += xr * w0;
      let w1 = w[ol.y + k]; l1 += xl * w1; r1 += xr * w1;
      let w2 = w[ol.z + k]; l2 += xl * w2; r2 += xr * w2;
      let w3 = w[ol.w + k]; l3 += xl * w3; r3 += xr * w3;
      let w4_ = w[or.x + k]; l4 += xl * w4_; r4 += xr * w4_;
      let w5 = w[or.y + k]; l5 += xl * w5; r5 += xr * w5;
      let w6 = w[or.z + k]; l6 += xl * w6; r6 += xr * w6;
      let w7 = w[or.w + k]; l7 += xl * w7; r7 += xr * w7;
      al += area; ar += area; k += step;
    }
  }
  store(o, ql, l0); store(o, qr, r0);
  store(o + 1u, ql, l1); store(o + 1u, qr, r1);
  store(o + 2u, ql, l2); store(o + 2u, qr, r2);
  store(o + 3u, ql, l3); store(o + 3u, qr, r3);
  store(o + 4u, ql, l4); store(o + 4u, qr, r4);
  store(o + 5u, ql, l5); store(o + 5u, qr, r5);
  store(o + 6u, ql, l6); store(o + 6u, qr, r6);
  store(o + 7u, ql, l7); store(o + 7u, qr, r7);
}
