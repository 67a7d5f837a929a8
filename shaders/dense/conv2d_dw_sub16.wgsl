// part[s,o,i,ky,kx] = sum over the pixels (b,oy,ox) of chunk s of  g[b,o,oy,ox] x[b,i, oy*sy + ky*dy - py, ox*sx + kx*dx - px]
// x: act[B,I,H,W]   g: f32[B,O,OH,OW]   ->  part: f32[S,O,I,KH,KW]     as conv2d_dw.wgsl, which it can stand in for
// grid [taps/(16*WG), O/16, S]: 16 output channels x 16 taps a lane, four pixels a turn. All lanes of a workgroup have the same channels, so a lane loads g of
// four of them, and the others get it by broadcast: per pixel 20 loads for 256 multiply-adds, where conv2d_dw has 16 for 64.
// Requires at least four lanes in a subgroup.
//#import act
//#import conv_weights
enable subgroups;
override WG: u32 = 8u;
struct Params {
  B: u32, I: u32, H: u32, W: u32, O: u32, OH: u32, OW: u32, KH: u32, KW: u32,
  sy: u32, sx: u32, py: u32, px: u32, dy: u32, dx: u32, S: u32, chunk: u32, x0: u32, y0: u32, z0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<Act>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> part: array<f32>;

// Four pixels of four channels from the lanes that loaded one channel each, a channel a column.
fn shared_block(own: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(own, 0u), subgroupBroadcast(own, 1u), subgroupBroadcast(own, 2u), subgroupBroadcast(own, 3u));
}

// The pixel after v, if there is one in the chunk; else v, whose gradient then counts as 0.
fn after(v: Pixel, more: bool) -> Pixel {
  if (more) { return next(v); }
  return v;
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
  let mine = min(o + (sub & 3u) + vec4u(0u, 4u, 8u, 12u), vec4u(p.O - 1u)) * area; // planes of this lane's four channels
  let start = s * p.chunk;
  let end = min(start + p.chunk, p.B * area);
  var c00 = mat4x4f(); var c01 = mat4x4f(); var c02 = mat4x4f(); var c03 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f(); var c12 = mat4x4f(); var c13 = mat4x4f();
  var c20 = mat4x4f(); var c21 = mat4x4f(); var c22 = mat4x4f(); var c23 = mat4x4f();
  var c30 = mat4x4f(); var c31 = mat4x4f(); var c32 = mat4x4f(); var c33 = mat4x4f();
  var pixel = Pixel(start / area, start % area / p.OW, start % p.OW);
  for (var q = start; q < end; q += 4u) {
    let counts = q + vec4u(0u, 1u, 2u, 3u) < vec4u(end);
    let second = after(pixel, counts.y);
    let third = after(second, counts.z);
    let fourth = after(third, counts.w);
    let at = vec4u(base(pixel), base(second), base(third), base(fourth));
    let x0 = mat4x4f(x4(v0, pixel), x4(v0, second), x4(v0, third), x4(v0, fourth));
    let x1 = mat4x4f(x4(v1, pixel), x4(v1, second), x4(v1, third), x4(v1, fourth));
    let x2 = mat4x4f(x4(v2, pixel), x4(v2, second), x4(v2, third), x4(v2, fourth));
    let x3 = mat4x4f(x4(v3, pixel), x4(v3, second), x4(v3, third), x4(v3, fourth));
    let own0 = select(vec4f(), vec4f(g[mine.x + at.x], g[mine.x + at.y], g[mine.x + at.z], g[mine.x + at.w]), counts);
    let own1 = select(vec4f(), vec4f(g[mine.y + at.x], g[mine.y + at.y], g[mine.y + at.z], g[mine.y + at.w]), counts);
    let own2 = select(vec4f(), vec4f(g[mine.z + at.x], g[mine.z + at.y], g[mine.z + at.z], g[mine.z + at.w]), counts);
    let own3 = select(vec4f(), vec4f(g[mine.w + at.x], g[mine.w + at.y], g[mine.w + at.z], g[mine.w + at.w]), counts);
    let w0 = shared_block(own0);
    c00 += x0 * w0; c01 += x1 * w0; c02 += x2 * w0; c03 += x3 * w0;
    let w1 = shared_block(own1);
    c10 += x0 * w1; c11 += x1 * w1; c12 += x2 * w1; c13 += x3 * w1;
    let w2 = shared_block(own2);
    c20 += x0 * w2; c21 += x1 * w2; c22 += x2 * w2; c23 += x3 * w2;
    let w3 = shared_block(own3);
    c30 += x0 * w3; c31 += x1 * w3; c32 += x2 * w3; c33 += x3 * w3;
    pixel = after(fourth, q + 4u < end);
  }
  store(s, o + 0u, k0, c00[0]); store(s, o + 0u, k1, c01[0]); store(s, o + 0u, k2, c02[0]); store(s, o + 0u, k3, c03[0]);
  store(s, o + 1u, k0, c00[1]); store(s, o + 1u, k1, c01[1]); store(s, o + 1u, k2, c02[1]); store(s, o + 1u, k3, c03[1]);
  store(s, o + 2u, k0, c00[2]); store(s, o + 2u, k1, c01[2]); store(s, o + 2u, k2, c02[2]); store(s, o + 2u, k3, c03[2]);
  store(s, o + 3u, k0, c00[3]); store(s, o + 3u, k1, c01[3]); store(s, o + 3u, k2, c02[3]); store(s, o + 3u, k3, c03[3]);
  store(s, o + 4u, k0, c10[0]); store(s, o + 4u, k1, c11[0]); store(s, o + 4u, k2, c12[0]); store(s, o + 4u, k3, c13[0]);
  store(s, o + 5u, k0, c10[1]); store(s, o + 5u, k1, c11[1]); store(s, o + 5u, k2, c12[1]); store(s, o + 5u, k3, c13[1]);
  store(s, o + 6u, k0, c10[2]); store(s, o + 6u, k1, c11[2]); store(s, o + 6u, k2, c12[2]); store(s, o + 6u, k3, c13[2]);
  store(s, o + 7u, k0, c10[3]); store(s, o + 7u, k1, c11[3]); store(s, o + 7u, k2, c12[3]); store(s, o + 7u, k3, c13[3]);
  store(s, o + 8u, k0, c20[0]); store(s, o + 8u, k1, c21[0]); store(s, o + 8u, k2, c22[0]); store(s, o + 8u, k3, c23[0]);
  store(s, o + 9u, k0, c20[1]); store(s, o + 9u, k1, c21[1]); store(s, o + 9u, k2, c22[1]); store(s, o + 9u, k3, c23[1]);
  store(s, o + 10u, k0, c20[2]); store(s, o + 10u, k1, c21[2]); store(s, o + 10u, k2, c22[2]); store(s, o + 10u, k3, c23[2]);
  store(s, o + 11u, k0, c20[3]); store(s, o + 11u, k1, c21[3]); store(s, o + 11u, k2, c22[3]); store(s, o + 11u, k3, c23[3]);
  store(s, o + 12u, k0, c30[0]); store(s, o + 12u, k1, c31[0]); store(s, o + 12u, k2, c32[0]); store(s, o + 12u, k3, c33[0]);
  store(s, o + 13u, k0, c30[1]); store(s, o + 13u, k1, c31[1]); store(s, o + 13u, k2, c32[1]); store(s, o + 13u, k3, c33[1]);
  store(s, o + 14u, k0, c30[2]); store(s, o + 14u, k1, c31[2]); store(s, o + 14u, k2, c32[2]); store(s, o + 14u, k3, c33[2]);
  store(s, o + 15u, k0, c30[3]); store(s, o + 15u, k1, c31[3]); store(s, o + 15u, k2, c32[3]); store(s, o + 15u, k3, c33[3]);
}
