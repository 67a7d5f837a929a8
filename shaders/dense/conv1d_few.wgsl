// y[b,o,t] = sum_{i,k} x[b,i, s t + k - px] w[o,i,k]     conv2d.wgsl of height 1, for few input channels: the first layer of an audio encoder
// x: f32[B,I,W]   w: f32[O,I,KW]   ->  y: f32[B,O,OW]
// grid [B*OW/(4*WG), O/16]: 16 output channels x 4 steps a lane. So few terms make so many outputs that stores decide: they are of vec4, where conv2d
// asks of each number whether it is inside. All lanes of a workgroup have the same channels; a lane loads the weights of four.
// Requires OW % 4 = 0, KW % 2 = 0, and at least four lanes in a subgroup.
enable subgroups;
override WG: u32 = 8u;
struct Params { B: u32, I: u32, W: u32, O: u32, OW: u32, KW: u32, s: u32, px: u32, x0: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

fn x1(plane: u32, n: u32) -> f32 {
  let inside = n < p.W; // before the first, n has wrapped
  return select(0.0, x[plane + select(0u, n, inside)], inside);
}

// A tap of four steps from n on.
fn x4(plane: u32, n: u32) -> vec4f {
  return vec4f(x1(plane, n), x1(plane, n + p.s), x1(plane, n + 2u * p.s), x1(plane, n + 3u * p.s));
}

// Two taps a and b of four steps in four channels, whose weights u and v four lanes have, a channel a column.
fn products(a: vec4f, u: f32, b: vec4f, v: f32) -> mat4x4f {
  return mat4x4f(
    a * subgroupBroadcast(u, 0u) + b * subgroupBroadcast(v, 0u), a * subgroupBroadcast(u, 1u) + b * subgroupBroadcast(v, 1u),
    a * subgroupBroadcast(u, 2u) + b * subgroupBroadcast(v, 2u), a * subgroupBroadcast(u, 3u) + b * subgroupBroadcast(v, 3u),
  );
}

// Four channels in the four steps from 4 step on, of sequence b.
fn store(b: u32, o: u32, step: u32, v: mat4x4f) {
  if (b >= p.B) { return; }
  let width = p.OW / 4u;
  let at = (b * p.O + o) * width + step;
  if (o < p.O) { y[at] = v[0]; }
  if (o + 1u < p.O) { y[at + width] = v[1]; }
  if (o + 2u < p.O) { y[at + 2u * width] = v[2]; }
  if (o + 3u < p.O) { y[at + 3u * width] = v[3]; }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let tile = (wid.x + p.x0) * WG + lane;
  let b = tile / (p.OW / 4u);
  let step = tile % (p.OW / 4u); // in fours
  let o = (wid.y + p.y0) * 16u;
  let first = 4u * step * p.s - p.px;
  var plane = min(b, p.B - 1u) * p.I * p.W;
  var at = min(o + (sub & 3u) + vec4u(0u, 4u, 8u, 12u), vec4u(p.O - 1u)) * (p.I * p.KW); // weights of this lane's four channels
  var c0 = mat4x4f(); var c1 = mat4x4f(); var c2 = mat4x4f(); var c3 = mat4x4f();
  for (var i = 0u; i < p.I; i++) {
    for (var k = 0u; k < p.KW; k += 2u) {
      let even = x4(plane, first + k);
      let odd = x4(plane, first + k + 1u);
      c0 += products(even, w[at.x], odd, w[at.x + 1u]);
      c1 += products(even, w[at.y], odd, w[at.y + 1u]);
      c2 += products(even, w[at.z], odd, w[at.z + 1u]);
      c3 += products(even, w[at.w], odd, w[at.w + 1u]);
      at += 2u;
    }
    plane += p.W;
  }
  store(b, o, step, c0);
  store(b, o + 4u, step, c1);
  store(b, o + 8u, step, c2);
  store(b, o + 12u, step, c3);
}
