// dx[b,i,u,v] = sum over o and the taps (ky,kx) with oy*sy = u + py - ky*dy, ox*sx = v + px - kx*dx  of  g[b,o,oy,ox] w[o,i,ky,kx]
// g: f32[B,O,OH,OW]   w: f32[O,I,KH,KW]   ->  dx: f32[B,I,H,W]     as conv2d_dx.wgsl, which says what a class is
// grid [pixels of a class/(16*WG), I/16, sy*sx]: 16 channels x 16 pixels a lane, weights shared by broadcast as in conv2d_sub16.
// Requires at least four lanes in a subgroup.
//#import conv_classes
enable subgroups;
override WG: u32 = 8u;
struct Params {
  B: u32, I: u32, H: u32, W: u32, O: u32, OH: u32, OW: u32, KH: u32, KW: u32,
  sy: u32, sx: u32, py: u32, px: u32, dy: u32, dx: u32, x0: u32, y0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

// Four terms of four channels from the lanes that loaded one channel each, a channel a column.
fn shared_block(own: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(own, 0u), subgroupBroadcast(own, 1u), subgroupBroadcast(own, 2u), subgroupBroadcast(own, 3u));
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let phaseY = wid.z / p.sx;
  let phaseX = wid.z % p.sx;
  if (phaseY >= p.H || phaseX >= p.W) { return; }
  let height = (p.H - phaseY + p.sy - 1u) / p.sy;
  let width = (p.W - phaseX + p.sx - 1u) / p.sx;
  let first = (wid.x + p.x0) * WG * 16u + lane;
  let first_channel = (wid.y + p.y0) * 16u;
  let q0 = first + vec4u(0u, 1u, 2u, 3u) * WG;
  let v0 = pixels(q0, height, width);
  let q1 = first + vec4u(4u, 5u, 6u, 7u) * WG;
  let v1 = pixels(q1, height, width);
  let q2 = first + vec4u(8u, 9u, 10u, 11u) * WG;
  let v2 = pixels(q2, height, width);
  let q3 = first + vec4u(12u, 13u, 14u, 15u) * WG;
  let v3 = pixels(q3, height, width);
  let taken = p.KH * p.KW;
  let step = p.I * taken;
  let mine = min(first_channel + (sub & 3u) + vec4u(0u, 4u, 8u, 12u), vec4u(p.I - 1u)) * taken; // weights of this lane's four channels
  let area = p.OH * p.OW;
  var c00 = mat4x4f(); var c01 = mat4x4f(); var c02 = mat4x4f(); var c03 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f(); var c12 = mat4x4f(); var c13 = mat4x4f();
  var c20 = mat4x4f(); var c21 = mat4x4f(); var c22 = mat4x4f(); var c23 = mat4x4f();
  var c30 = mat4x4f(); var c31 = mat4x4f(); var c32 = mat4x4f(); var c33 = mat4x4f();
  for (var tap = 0u; tap < taken; tap++) {
    let dy = i32(phaseY + p.py) - i32(tap / p.KW * p.dy);
    let dxx = i32(phaseX + p.px) - i32(tap % p.KW * p.dx);
    if (dy % i32(p.sy) != 0 || dxx % i32(p.sx) != 0) { continue; } // this class does not use this tap
    let t0 = taps(v0, dy / i32(p.sy), dxx / i32(p.sx));
    let t1 = taps(v1, dy / i32(p.sy), dxx / i32(p.sx));
    let t2 = taps(v2, dy / i32(p.sy), dxx / i32(p.sx));
    let t3 = taps(v3, dy / i32(p.sy), dxx / i32(p.sx));
    for (var i = 0u; i < p.O; i += 4u) {
      let channel = min(i + vec4u(0u, 1u, 2u, 3u), vec4u(p.O - 1u)); // past the last: its weight counts as 0
      let counts = i + vec4u(0u, 1u, 2u, 3u) < vec4u(p.O);
      let plane = channel * area;
      let k = channel * step + tap;
      let x0 = mat4x4f(g4(t0.at + plane.x) * t0.mask, g4(t0.at + plane.y) * t0.mask, g4(t0.at + plane.z) * t0.mask, g4(t0.at + plane.w) * t0.mask);
      let x1 = mat4x4f(g4(t1.at + plane.x) * t1.mask, g4(t1.at + plane.y) * t1.mask, g4(t1.at + plane.z) * t1.mask, g4(t1.at + plane.w) * t1.mask);
      let x2 = mat4x4f(g4(t2.at + plane.x) * t2.mask, g4(t2.at + plane.y) * t2.mask, g4(t2.at + plane.z) * t2.mask, g4(t2.at + plane.w) * t2.mask);
      let x3 = mat4x4f(g4(t3.at + plane.x) * t3.mask, g4(t3.at + plane.y) * t3.mask, g4(t3.at + plane.z) * t3.mask, g4(t3.at + plane.w) * t3.mask);
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
  let p0 = places(q0, height, width, phaseY, phaseX);
  let p1 = places(q1, height, width, phaseY, phaseX);
  let p2 = places(q2, height, width, phaseY, phaseX);
  let p3 = places(q3, height, width, phaseY, phaseX);
  store(first_channel + 0u, p0, c00[0]); store(first_channel + 0u, p1, c01[0]); store(first_channel + 0u, p2, c02[0]); store(first_channel + 0u, p3, c03[0]);
  store(first_channel + 1u, p0, c00[1]); store(first_channel + 1u, p1, c01[1]); store(first_channel + 1u, p2, c02[1]); store(first_channel + 1u, p3, c03[1]);
  store(first_channel + 2u, p0, c00[2]); store(first_channel + 2u, p1, c01[2]); store(first_channel + 2u, p2, c02[2]); store(first_channel + 2u, p3, c03[2]);
  store(first_channel + 3u, p0, c00[3]); store(first_channel + 3u, p1, c01[3]); store(first_channel + 3u, p2, c02[3]); store(first_channel + 3u, p3, c03[3]);
  store(first_channel + 4u, p0, c10[0]); store(first_channel + 4u, p1, c11[0]); store(first_channel + 4u, p2, c12[0]); store(first_channel + 4u, p3, c13[0]);
  store(first_channel + 5u, p0, c10[1]); store(first_channel + 5u, p1, c11[1]); store(first_channel + 5u, p2, c12[1]); store(first_channel + 5u, p3, c13[1]);
  store(first_channel + 6u, p0, c10[2]); store(first_channel + 6u, p1, c11[2]); store(first_channel + 6u, p2, c12[2]); store(first_channel + 6u, p3, c13[2]);
  store(first_channel + 7u, p0, c10[3]); store(first_channel + 7u, p1, c11[3]); store(first_channel + 7u, p2, c12[3]); store(first_channel + 7u, p3, c13[3]);
  store(first_channel + 8u, p0, c20[0]); store(first_channel + 8u, p1, c21[0]); store(first_channel + 8u, p2, c22[0]); store(first_channel + 8u, p3, c23[0]);
  store(first_channel + 9u, p0, c20[1]); store(first_channel + 9u, p1, c21[1]); store(first_channel + 9u, p2, c22[1]); store(first_channel + 9u, p3, c23[1]);
  store(first_channel + 10u, p0, c20[2]); store(first_channel + 10u, p1, c21[2]); store(first_channel + 10u, p2, c22[2]); store(first_channel + 10u, p3, c23[2]);
  store(first_channel + 11u, p0, c20[3]); store(first_channel + 11u, p1, c21[3]); store(first_channel + 11u, p2, c22[3]); store(first_channel + 11u, p3, c23[3]);
  store(first_channel + 12u, p0, c30[0]); store(first_channel + 12u, p1, c31[0]); store(first_channel + 12u, p2, c32[0]); store(first_channel + 12u, p3, c33[0]);
  store(first_channel + 13u, p0, c30[1]); store(first_channel + 13u, p1, c31[1]); store(first_channel + 13u, p2, c32[1]); store(first_channel + 13u, p3, c33[1]);
  store(first_channel + 14u, p0, c30[2]); store(first_channel + 14u, p1, c31[2]); store(first_channel + 14u, p2, c32[2]); store(first_channel + 14u, p3, c33[2]);
  store(first_channel + 15u, p0, c30[3]); store(first_channel + 15u, p1, c31[3]); store(first_channel + 15u, p2, c32[3]); store(first_channel + 15u, p3, c33[3]);
}
