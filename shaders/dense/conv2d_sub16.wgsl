// y[b,o,oy,ox] = sum_{i,ky,kx} x[b,i, oy*sy + ky*dy - py, ox*sx + kx*dx - px] w[o,i,ky,kx]     as conv2d.wgsl, which it can stand in for
// x: act[B,I,H,W]   w: f32[O,I,KH,KW]   ->  y: act[B,O,OH,OW]
// grid [pixels/(16*WG), O/16]: 16 output channels x 16 pixels a lane, four input channels a turn. All lanes of a workgroup have the same output
// channels, so a lane loads the weights of four of them, and the others get them by broadcast: per term 20 loads for 256 multiply-adds,
// where conv2d has 16 for 64.
// Requires at least four lanes in a subgroup.
//#import act
//#import conv_pixels
enable subgroups;
override WG: u32 = 8u;
struct Params {
  B: u32, I: u32, H: u32, W: u32, O: u32, OH: u32, OW: u32, KH: u32, KW: u32,
  sy: u32, sx: u32, py: u32, px: u32, dy: u32, dx: u32, x0: u32, y0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<Act>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<Act>;

// Four terms of four channels from the lanes that loaded one channel each, a channel a column.
fn shared_block(own: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(own, 0u), subgroupBroadcast(own, 1u), subgroupBroadcast(own, 2u), subgroupBroadcast(own, 3u));
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let first = (wid.x + p.x0) * WG * 16u + lane;
  let o = (wid.y + p.y0) * 16u;
  let q0 = first + vec4u(0u, 1u, 2u, 3u) * WG;
  let v0 = window(q0);
  let q1 = first + vec4u(4u, 5u, 6u, 7u) * WG;
  let v1 = window(q1);
  let q2 = first + vec4u(8u, 9u, 10u, 11u) * WG;
  let v2 = window(q2);
  let q3 = first + vec4u(12u, 13u, 14u, 15u) * WG;
  let v3 = window(q3);
  let step = p.KH * p.KW;
  let mine = min(o + (sub & 3u) + vec4u(0u, 4u, 8u, 12u), vec4u(p.O - 1u)) * (p.I * step); // weights of this lane's four channels
  let area = p.H * p.W;
  var c00 = mat4x4f(); var c01 = mat4x4f(); var c02 = mat4x4f(); var c03 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f(); var c12 = mat4x4f(); var c13 = mat4x4f();
  var c20 = mat4x4f(); var c21 = mat4x4f(); var c22 = mat4x4f(); var c23 = mat4x4f();
  var c30 = mat4x4f(); var c31 = mat4x4f(); var c32 = mat4x4f(); var c33 = mat4x4f();
  for (var tap = 0u; tap < step; tap++) {
    let t0 = taps(v0, tap / p.KW, tap % p.KW);
    let t1 = taps(v1, tap / p.KW, tap % p.KW);
    let t2 = taps(v2, tap / p.KW, tap % p.KW);
    let t3 = taps(v3, tap / p.KW, tap % p.KW);
    for (var i = 0u; i < p.I; i += 4u) {
      let channel = min(i + vec4u(0u, 1u, 2u, 3u), vec4u(p.I - 1u)); // past the last: its weight counts as 0
      let counts = i + vec4u(0u, 1u, 2u, 3u) < vec4u(p.I);
      let plane = channel * area;
      let k = channel * step + tap;
      let x0 = mat4x4f(x4(t0.at + plane.x) * t0.mask, x4(t0.at + plane.y) * t0.mask, x4(t0.at + plane.z) * t0.mask, x4(t0.at + plane.w) * t0.mask);
      let x1 = mat4x4f(x4(t1.at + plane.x) * t1.mask, x4(t1.at + plane.y) * t1.mask, x4(t1.at + plane.z) * t1.mask, x4(t1.at + plane.w) * t1.mask);
      let x2 = mat4x4f(x4(t2.at + plane.x) * t2.mask, x4(t2.at + plane.y) * t2.mask, x4(t2.at + plane.z) * t2.mask, x4(t2.at + plane.w) * t2.mask);
      let x3 = mat4x4f(x4(t3.at + plane.x) * t3.mask, x4(t3.at + plane.y) * t3.mask, x4(t3.at + plane.z) * t3.mask, x4(t3.at + plane.w) * t3.mask);
      let own0 = select(vec4f(), vec4f(w[mine.x + k.x], w[mine.x + k.y], w[mine.x + k.z], w[mine.x + k.w]), counts);
      let own1 = select(vec4f(), vec4f(w[mine.y + k.x], w[mine.y + k.y], w[mine.y + k.z], w[mine.y + k.w]), counts);
      let own2 = select(vec4f(), vec4f(w[mine.z + k.x], w[mine.z + k.y], w[mine.z + k.z], w[mine.z + k.w]), counts);
      let own3 = select(vec4f(), vec4f(w[mine.w + k.x], w[mine.w + k.y], w[mine.w + k.z], w[mine.w + k.w]), counts);
      let w0 = shared_block(own0);
      c00 += x0 * w0; c01 += x1 * w0; c02 += x2 * w0; c03 += x3 * w0;
      let w1 = shared_block(own1);
      c10 += x0 * w1; c11 += x1 * w1; c12 += x2 * w1; c13 += x3 * w1;
      let w2 = shared_block(own2);
      c20 += x0 * w2; c21 += x1 * w2; c22 += x2 * w2; c23 += x3 * w2;
      let w3 = shared_block(own3);
      c30 += x0 * w3; c31 += x1 * w3; c32 += x2 * w3; c33 += x3 * w3;
    }
  }
  let p0 = places(q0);
  let p1 = places(q1);
  let p2 = places(q2);
  let p3 = places(q3);
  store(o + 0u, p0, c00[0]); store(o + 0u, p1, c01[0]); store(o + 0u, p2, c02[0]); store(o + 0u, p3, c03[0]);
  store(o + 1u, p0, c00[1]); store(o + 1u, p1, c01[1]); store(o + 1u, p2, c02[1]); store(o + 1u, p3, c03[1]);
  store(o + 2u, p0, c00[2]); store(o + 2u, p1, c01[2]); store(o + 2u, p2, c02[2]); store(o + 2u, p3, c03[2]);
  store(o + 3u, p0, c00[3]); store(o + 3u, p1, c01[3]); store(o + 3u, p2, c02[3]); store(o + 3u, p3, c03[3]);
  store(o + 4u, p0, c10[0]); store(o + 4u, p1, c11[0]); store(o + 4u, p2, c12[0]); store(o + 4u, p3, c13[0]);
  store(o + 5u, p0, c10[1]); store(o + 5u, p1, c11[1]); store(o + 5u, p2, c12[1]); store(o + 5u, p3, c13[1]);
  store(o + 6u, p0, c10[2]); store(o + 6u, p1, c11[2]); store(o + 6u, p2, c12[2]); store(o + 6u, p3, c13[2]);
  store(o + 7u, p0, c10[3]); store(o + 7u, p1, c11[3]); store(o + 7u, p2, c12[3]); store(o + 7u, p3, c13[3]);
  store(o + 8u, p0, c20[0]); store(o + 8u, p1, c21[0]); store(o + 8u, p2, c22[0]); store(o + 8u, p3, c23[0]);
  store(o + 9u, p0, c20[1]); store(o + 9u, p1, c21[1]); store(o + 9u, p2, c22[1]); store(o + 9u, p3, c23[1]);
  store(o + 10u, p0, c20[2]); store(o + 10u, p1, c21[2]); store(o + 10u, p2, c22[2]); store(o + 10u, p3, c23[2]);
  store(o + 11u, p0, c20[3]); store(o + 11u, p1, c21[3]); store(o + 11u, p2, c22[3]); store(o + 11u, p3, c23[3]);
  store(o + 12u, p0, c30[0]); store(o + 12u, p1, c31[0]); store(o + 12u, p2, c32[0]); store(o + 12u, p3, c33[0]);
  store(o + 13u, p0, c30[1]); store(o + 13u, p1, c31[1]); store(o + 13u, p2, c32[1]); store(o + 13u, p3, c33[1]);
  store(o + 14u, p0, c30[2]); store(o + 14u, p1, c31[2]); store(o + 14u, p2, c32[2]); store(o + 14u, p3, c33[2]);
  store(o + 15u, p0, c30[3]); store(o + 15u, p1, c31[3]); store(o + 15u, p2, c32[3]); store(o + 15u, p3, c33[3]);
}
