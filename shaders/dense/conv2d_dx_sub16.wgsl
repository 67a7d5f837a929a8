// dx[b,i,u,v] = sum over o and the taps (ky,kx) with oy*sy = u + py - ky*dy, ox*sx = v + px - kx*dx  of  g[b,o,oy,ox] w[o,i,ky,kx]
// g: f32[B,O,OH,OW]   w: f32[O,I,KH,KW]   ->  dx: f32[B,I,H,W]     as conv2d_dx.wgsl, which says what a class is
// grid [pixels of a class/(16*WG), I/16, sy*sx]: 16 channels x 16 pixels a lane, weights shared by broadcast as in conv2d_sub16.
// Requires at least four lanes in a subgroup.
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
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let phaseY = wid.z / p.sx;
  let phaseX = wid.z % p.sx;
  if (phaseY >= p.H || phaseX >= p.W) { return; }
  let height = (p.H - phaseY + p.sy - 1u) / p.sy;
  let width = (p.W - phaseX + p.sx - 1u) / p.sx;
  let first = (wid.x + p.x0) * WG * 16u + lane;
  let i = (wid.y + p.y0) * 16u;
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
  let mine = min(i + 4u * (sub & 3u) + vec4u(0u, 1u, 2u, 3u), vec4u(p.I - 1u)) * taken; // weights of this lane's four channels
  let area = p.OH * p.OW;
  var c0_0 = vec4f(); var c0_1 = vec4f(); var c0_2 = vec4f(); var c0_3 = vec4f();
  var c1_0 = vec4f(); var c1_1 = vec4f(); var c1_2 = vec4f(); var c1_3 = vec4f();
  var c2_0 = vec4f(); var c2_1 = vec4f(); var c2_2 = vec4f(); var c2_3 = vec4f();
  var c3_0 = vec4f(); var c3_1 = vec4f(); var c3_2 = vec4f(); var c3_3 = vec4f();
  var c4_0 = vec4f(); var c4_1 = vec4f(); var c4_2 = vec4f(); var c4_3 = vec4f();
  var c5_0 = vec4f(); var c5_1 = vec4f(); var c5_2 = vec4f(); var c5_3 = vec4f();
  var c6_0 = vec4f(); var c6_1 = vec4f(); var c6_2 = vec4f(); var c6_3 = vec4f();
  var c7_0 = vec4f(); var c7_1 = vec4f(); var c7_2 = vec4f(); var c7_3 = vec4f();
  var c8_0 = vec4f(); var c8_1 = vec4f(); var c8_2 = vec4f(); var c8_3 = vec4f();
  var c9_0 = vec4f(); var c9_1 = vec4f(); var c9_2 = vec4f(); var c9_3 = vec4f();
  var c10_0 = vec4f(); var c10_1 = vec4f(); var c10_2 = vec4f(); var c10_3 = vec4f();
  var c11_0 = vec4f(); var c11_1 = vec4f(); var c11_2 = vec4f(); var c11_3 = vec4f();
  var c12_0 = vec4f(); var c12_1 = vec4f(); var c12_2 = vec4f(); var c12_3 = vec4f();
  var c13_0 = vec4f(); var c13_1 = vec4f(); var c13_2 = vec4f(); var c13_3 = vec4f();
  var c14_0 = vec4f(); var c14_1 = vec4f(); var c14_2 = vec4f(); var c14_3 = vec4f();
  var c15_0 = vec4f(); var c15_1 = vec4f(); var c15_2 = vec4f(); var c15_3 = vec4f();
  for (var tap = 0u; tap < taken; tap++) {
    let dy = i32(phaseY + p.py) - i32(tap / p.KW * p.dy);
    let dxx = i32(phaseX + p.px) - i32(tap % p.KW * p.dx);
    if (dy % i32(p.sy) != 0 || dxx % i32(p.sx) != 0) { continue; } // this class does not use this tap
    let t0 = taps(v0, dy / i32(p.sy), dxx / i32(p.sx));
    var a0 = t0.at;
    let t1 = taps(v1, dy / i32(p.sy), dxx / i32(p.sx));
    var a1 = t1.at;
    let t2 = taps(v2, dy / i32(p.sy), dxx / i32(p.sx));
    var a2 = t2.at;
    let t3 = taps(v3, dy / i32(p.sy), dxx / i32(p.sx));
    var a3 = t3.at;
    var k = mine + tap;
    for (var o = 0u; o < p.O; o++) {
      let own = vec4f(w[k.x], w[k.y], w[k.z], w[k.w]);
      let x0 = g4(a0) * t0.mask;
      let x1 = g4(a1) * t1.mask;
      let x2 = g4(a2) * t2.mask;
      let x3 = g4(a3) * t3.mask;
      let w0 = subgroupBroadcast(own, 0u);
      c0_0 += x0 * w0.x; c0_1 += x1 * w0.x; c0_2 += x2 * w0.x; c0_3 += x3 * w0.x;
      c1_0 += x0 * w0.y; c1_1 += x1 * w0.y; c1_2 += x2 * w0.y; c1_3 += x3 * w0.y;
      c2_0 += x0 * w0.z; c2_1 += x1 * w0.z; c2_2 += x2 * w0.z; c2_3 += x3 * w0.z;
      c3_0 += x0 * w0.w; c3_1 += x1 * w0.w; c3_2 += x2 * w0.w; c3_3 += x3 * w0.w;
      let w1 = subgroupBroadcast(own, 1u);
      c4_0 += x0 * w1.x; c4_1 += x1 * w1.x; c4_2 += x2 * w1.x; c4_3 += x3 * w1.x;
      c5_0 += x0 * w1.y; c5_1 += x1 * w1.y; c5_2 += x2 * w1.y; c5_3 += x3 * w1.y;
      c6_0 += x0 * w1.z; c6_1 += x1 * w1.z; c6_2 += x2 * w1.z; c6_3 += x3 * w1.z;
      c7_0 += x0 * w1.w; c7_1 += x1 * w1.w; c7_2 += x2 * w1.w; c7_3 += x3 * w1.w;
      let w2 = subgroupBroadcast(own, 2u);
      c8_0 += x0 * w2.x; c8_1 += x1 * w2.x; c8_2 += x2 * w2.x; c8_3 += x3 * w2.x;
      c9_0 += x0 * w2.y; c9_1 += x1 * w2.y; c9_2 += x2 * w2.y; c9_3 += x3 * w2.y;
      c10_0 += x0 * w2.z; c10_1 += x1 * w2.z; c10_2 += x2 * w2.z; c10_3 += x3 * w2.z;
      c11_0 += x0 * w2.w; c11_1 += x1 * w2.w; c11_2 += x2 * w2.w; c11_3 += x3 * w2.w;
      let w3 = subgroupBroadcast(own, 3u);
      c12_0 += x0 * w3.x; c12_1 += x1 * w3.x; c12_2 += x2 * w3.x; c12_3 += x3 * w3.x;
      c13_0 += x0 * w3.y; c13_1 += x1 * w3.y; c13_2 += x2 * w3.y; c13_3 += x3 * w3.y;
      c14_0 += x0 * w3.z; c14_1 += x1 * w3.z; c14_2 += x2 * w3.z; c14_3 += x3 * w3.z;
      c15_0 += x0 * w3.w; c15_1 += x1 * w3.w; c15_2 += x2 * w3.w; c15_3 += x3 * w3.w;
      a0 += area; a1 += area; a2 += area; a3 += area; k += step;
    }
  }
  let p0 = places(q0, height, width, phaseY, phaseX);
  let p1 = places(q1, height, width, phaseY, phaseX);
  let p2 = places(q2, height, width, phaseY, phaseX);
  let p3 = places(q3, height, width, phaseY, phaseX);
  store(i + 0u, p0, c0_0); store(i + 0u, p1, c0_1); store(i + 0u, p2, c0_2); store(i + 0u, p3, c0_3);
  store(i + 1u, p0, c1_0); store(i + 1u, p1, c1_1); store(i + 1u, p2, c1_2); store(i + 1u, p3, c1_3);
  store(i + 2u, p0, c2_0); store(i + 2u, p1, c2_1); store(i + 2u, p2, c2_2); store(i + 2u, p3, c2_3);
  store(i + 3u, p0, c3_0); store(i + 3u, p1, c3_1); store(i + 3u, p2, c3_2); store(i + 3u, p3, c3_3);
  store(i + 4u, p0, c4_0); store(i + 4u, p1, c4_1); store(i + 4u, p2, c4_2); store(i + 4u, p3, c4_3);
  store(i + 5u, p0, c5_0); store(i + 5u, p1, c5_1); store(i + 5u, p2, c5_2); store(i + 5u, p3, c5_3);
  store(i + 6u, p0, c6_0); store(i + 6u, p1, c6_1); store(i + 6u, p2, c6_2); store(i + 6u, p3, c6_3);
  store(i + 7u, p0, c7_0); store(i + 7u, p1, c7_1); store(i + 7u, p2, c7_2); store(i + 7u, p3, c7_3);
  store(i + 8u, p0, c8_0); store(i + 8u, p1, c8_1); store(i + 8u, p2, c8_2); store(i + 8u, p3, c8_3);
  store(i + 9u, p0, c9_0); store(i + 9u, p1, c9_1); store(i + 9u, p2, c9_2); store(i + 9u, p3, c9_3);
  store(i + 10u, p0, c10_0); store(i + 10u, p1, c10_1); store(i + 10u, p2, c10_2); store(i + 10u, p3, c10_3);
  store(i + 11u, p0, c11_0); store(i + 11u, p1, c11_1); store(i + 11u, p2, c11_2); store(i + 11u, p3, c11_3);
  store(i + 12u, p0, c12_0); store(i + 12u, p1, c12_1); store(i + 12u, p2, c12_2); store(i + 12u, p3, c12_3);
  store(i + 13u, p0, c13_0); store(i + 13u, p1, c13_1); store(i + 13u, p2, c13_2); store(i + 13u, p3, c13_3);
  store(i + 14u, p0, c14_0); store(i + 14u, p1, c14_1); store(i + 14u, p2, c14_2); store(i + 14u, p3, c14_3);
  store(i + 15u, p0, c15_0); store(i + 15u, p1, c15_1); store(i + 15u, p2, c15_2); store(i + 15u, p3, c15_3);
}
