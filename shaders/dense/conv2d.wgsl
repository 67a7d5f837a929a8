// y[b,o,oy,ox] = sum_{i,ky,kx} x[b,i, oy*sy + ky*dy - py, ox*sx + kx*dx - px] w[o,i,ky,kx]     cross-correlation, as in PyTorch
// x: act[B,I,H,W]   w: f32[O,I,KH,KW]   ->  y: act[B,O,OH,OW]
// grid [pixels/(8*32), O/8]: an invocation computes 8 output channels x 8 pixels in registers (implicit GEMM). Pixels run over
// the whole batch; those of one invocation lie WG apart, so that lanes read neighbours. Outside a tap: clamped index, mask 0. One term a turn: longer bodies compiled slower and ran no faster.
//#import act
//#import conv_pixels
override WG: u32 = 32u;
struct Params {
  B: u32, I: u32, H: u32, W: u32, O: u32, OH: u32, OW: u32, KH: u32, KW: u32,
  sy: u32, sx: u32, py: u32, px: u32, dy: u32, dx: u32, x0: u32, y0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<Act>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<Act>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * WG * 8u + lane;
  if (first >= p.B * p.OH * p.OW) { return; }
  let ql = first + vec4u(0u, 1u, 2u, 3u) * WG;
  let qr = ql + 4u * WG;
  let left = window(ql);
  let right = window(qr);
  let o = (wid.y + p.y0) * 8u;
  let step = p.KH * p.KW;
  let size = p.I * step; // of one output channel's weights
  let ol = min(o + vec4u(0u, 1u, 2u, 3u), vec4u(p.O - 1u)) * size;
  let oh = min(o + vec4u(4u, 5u, 6u, 7u), vec4u(p.O - 1u)) * size;
  let area = p.H * p.W;
  var l0 = vec4f(); var l1 = vec4f(); var l2 = vec4f(); var l3 = vec4f(); var l4 = vec4f(); var l5 = vec4f(); var l6 = vec4f(); var l7 = vec4f();
  var r0 = vec4f(); var r1 = vec4f(); var r2 = vec4f(); var r3 = vec4f(); var r4 = vec4f(); var r5 = vec4f(); var r6 = vec4f(); var r7 = vec4f();
  for (var tap = 0u; tap < step; tap++) {
    let tl = taps(left, tap / p.KW, tap % p.KW);
    let tr = taps(right, tap / p.KW, tap % p.KW);
    var al = tl.at;
    var ar = tr.at;
    var k = tap;
    for (var i = 0u; i < p.I; i++) {
      let xl = x4(al) * tl.mask;
      let xr = x4(ar) * tr.mask;
      let w0 = w[ol.x + k]; l0 += xl * w0; r0 += xr * w0;
      let w1 = w[ol.y + k]; l1 += xl * w1; r1 += xr * w1;
      let w2 = w[ol.z + k]; l2 += xl * w2; r2 += xr * w2;
      let w3 = w[ol.w + k]; l3 += xl * w3; r3 += xr * w3;
      let w4 = w[oh.x + k]; l4 += xl * w4; r4 += xr * w4;
      let w5 = w[oh.y + k]; l5 += xl * w5; r5 += xr * w5;
      let w6 = w[oh.z + k]; l6 += xl * w6; r6 += xr * w6;
      let w7 = w[oh.w + k]; l7 += xl * w7; r7 += xr * w7;
      al += area; ar += area; k += step;
    }
  }
  let pl = places(ql);
  let pr = places(qr);
  store(o, pl, l0); store(o, pr, r0);
  store(o + 1u, pl, l1); store(o + 1u, pr, r1);
  store(o + 2u, pl, l2); store(o + 2u, pr, r2);
  store(o + 3u, pl, l3); store(o + 3u, pr, r3);
  store(o + 4u, pl, l4); store(o + 4u, pr, r4);
  store(o + 5u, pl, l5); store(o + 5u, pr, r5);
  store(o + 6u, pl, l6); store(o + 6u, pr, r6);
  store(o + 7u, pl, l7); store(o + 7u, pr, r7);
}
