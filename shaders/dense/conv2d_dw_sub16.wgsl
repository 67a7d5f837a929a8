// part[s,o,i,ky,kx] = sum over the pixels (b,oy,ox) of chunk s of  g[b,o,oy,ox] x[b,i, oy*sy + ky*dy - py, ox*sx + kx*dx - px]
// x: f32[B,I,H,W]   g: f32[B,O,OH,OW]   ->  part: f32[S,O,I,KH,KW]     as conv2d_dw.wgsl, which it can stand in for
// grid [taps/(16*WG), O/16, S]: 16 output channels x 16 taps a lane. All lanes of a workgroup have the same channels, so a lane loads g of
// four of them, and the others get it by broadcast: per pixel 20 loads for 256 multiply-adds, where conv2d_dw has 16 for 64.
// Requires at least four lanes in a subgroup.
enable subgroups;
override WG: u32 = 8u;
struct Params {
  B: u32, I: u32, H: u32, W: u32, O: u32, OH: u32, OW: u32, KH: u32, KW: u32,
  sy: u32, sx: u32, py: u32, px: u32, dy: u32, dx: u32, S: u32, chunk: u32, x0: u32, y0: u32, z0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> part: array<f32>;

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
  return vec4f(x[at.x], x[at.y], x[at.z], x[at.w]) * select(vec4f(), vec4f(1.0), inside);
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

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let first = ((wid.x + p.x0) * WG + lane) * 16u;
  let o = (wid.y + p.y0) * 16u;
  let s = wid.z + p.z0;
  let k0 = first + vec4u(0u, 1u, 2u, 3u);
  let v0 = weights(k0);
  let k1 = first + vec4u(4u, 5u, 6u, 7u);
  let v1 = weights(k1);
  let k2 = first + vec4u(8u, 9u, 10u, 11u);
  let v2 = weights(k2);
  let k3 = first + vec4u(12u, 13u, 14u, 15u);
  let v3 = weights(k3);
  let area = p.OH * p.OW;
  let mine = min(o + 4u * (sub & 3u) + vec4u(0u, 1u, 2u, 3u), vec4u(p.O - 1u)) * area; // planes of this lane's four channels
  let start = s * p.chunk;
  let end = min(start + p.chunk, p.B * area);
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
  var pixel = Pixel(start / area, start % area / p.OW, start % p.OW);
  for (var q = start; q < end; q++) {
    let at = base(pixel) + mine;
    let own = vec4f(g[at.x], g[at.y], g[at.z], g[at.w]);
    let x0 = x4(v0, pixel);
    let x1 = x4(v1, pixel);
    let x2 = x4(v2, pixel);
    let x3 = x4(v3, pixel);
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
    pixel = next(pixel);
  }
  store(s, o + 0u, k0, c0_0); store(s, o + 0u, k1, c0_1); store(s, o + 0u, k2, c0_2); store(s, o + 0u, k3, c0_3);
  store(s, o + 1u, k0, c1_0); store(s, o + 1u, k1, c1_1); store(s, o + 1u, k2, c1_2); store(s, o + 1u, k3, c1_3);
  store(s, o + 2u, k0, c2_0); store(s, o + 2u, k1, c2_1); store(s, o + 2u, k2, c2_2); store(s, o + 2u, k3, c2_3);
  store(s, o + 3u, k0, c3_0); store(s, o + 3u, k1, c3_1); store(s, o + 3u, k2, c3_2); store(s, o + 3u, k3, c3_3);
  store(s, o + 4u, k0, c4_0); store(s, o + 4u, k1, c4_1); store(s, o + 4u, k2, c4_2); store(s, o + 4u, k3, c4_3);
  store(s, o + 5u, k0, c5_0); store(s, o + 5u, k1, c5_1); store(s, o + 5u, k2, c5_2); store(s, o + 5u, k3, c5_3);
  store(s, o + 6u, k0, c6_0); store(s, o + 6u, k1, c6_1); store(s, o + 6u, k2, c6_2); store(s, o + 6u, k3, c6_3);
  store(s, o + 7u, k0, c7_0); store(s, o + 7u, k1, c7_1); store(s, o + 7u, k2, c7_2); store(s, o + 7u, k3, c7_3);
  store(s, o + 8u, k0, c8_0); store(s, o + 8u, k1, c8_1); store(s, o + 8u, k2, c8_2); store(s, o + 8u, k3, c8_3);
  store(s, o + 9u, k0, c9_0); store(s, o + 9u, k1, c9_1); store(s, o + 9u, k2, c9_2); store(s, o + 9u, k3, c9_3);
  store(s, o + 10u, k0, c10_0); store(s, o + 10u, k1, c10_1); store(s, o + 10u, k2, c10_2); store(s, o + 10u, k3, c10_3);
  store(s, o + 11u, k0, c11_0); store(s, o + 11u, k1, c11_1); store(s, o + 11u, k2, c11_2); store(s, o + 11u, k3, c11_3);
  store(s, o + 12u, k0, c12_0); store(s, o + 12u, k1, c12_1); store(s, o + 12u, k2, c12_2); store(s, o + 12u, k3, c12_3);
  store(s, o + 13u, k0, c13_0); store(s, o + 13u, k1, c13_1); store(s, o + 13u, k2, c13_2); store(s, o + 13u, k3, c13_3);
  store(s, o + 14u, k0, c14_0); store(s, o + 14u, k1, c14_1); store(s, o + 14u, k2, c14_2); store(s, o + 14u, k3, c14_3);
  store(s, o + 15u, k0, c15_0); store(s, o + 15u, k1, c15_1); store(s, o + 15u, k2, c15_2); store(s, o + 15u, k3, c15_3);
}
