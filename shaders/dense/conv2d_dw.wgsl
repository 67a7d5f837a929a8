// part[s,o,i,ky,kx] = sum over the pixels (b,oy,ox) of chunk s of  g[b,o,oy,ox] x[b,i, oy*sy + ky*dy - py, ox*sx + kx*dx - px]
// x: f32[B,I,H,W]   g: f32[B,O,OH,OW]   ->  part: f32[S,O,I,KH,KW]     sum_splits.wgsl adds the S parts in order: deterministic
// grid [tiles/32, S]: an invocation computes a tile of 8 output channels x 8 taps (of any input channels) over `chunk` pixels of the
// flattened batch, four pixels a turn; their coordinates count up, so the loop divides by nothing.
override WG: u32 = 32u;
struct Params {
  B: u32, I: u32, H: u32, W: u32, O: u32, OH: u32, OW: u32, KH: u32, KW: u32,
  sy: u32, sx: u32, py: u32, px: u32, dy: u32, dx: u32, S: u32, chunk: u32, y0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> part: array<f32>;

/// Four weights: their input channel's plane, and how far their tap reaches from the window's corner.
struct Weights { plane: vec4u, row: vec4i, column: vec4i }
/// One output pixel. `on` is 0 beyond the end of the chunk.
struct Pixel { b: u32, oy: u32, ox: u32, on: f32 }

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

fn next(v: Pixel, left: u32) -> Pixel {
  let ox = v.ox + 1u;
  let wrap = ox == p.OW;
  let oy = v.oy + u32(wrap);
  let turn = oy == p.OH;
  let b = min(v.b + u32(turn), p.B - 1u);
  return Pixel(b, select(oy, 0u, turn), select(ox, 0u, wrap), select(0.0, 1.0, left > 0u));
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
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tiles = (p.I * p.KH * p.KW + 7u) / 8u; // along the weights of one output channel
  let tile = wid.x * WG + lane;
  let o = tile / tiles * 8u;
  if (o >= p.O) { return; }
  let kl = tile % tiles * 8u + vec4u(0u, 1u, 2u, 3u);
  let kr = kl + 4u;
  let left = weights(kl);
  let right = weights(kr);
  let s = wid.y + p.y0;
  let area = p.OH * p.OW;
  let ol = min(o + vec4u(0u, 1u, 2u, 3u), vec4u(p.O - 1u)) * area;
  let or = min(o + vec4u(4u, 5u, 6u, 7u), vec4u(p.O - 1u)) * area;
  let start = s * p.chunk;
  let end = min(start + p.chunk, p.B * area);
  var l0 = vec4f(); var l1 = vec4f(); var l2 = vec4f(); var l3 = vec4f(); var l4 = vec4f(); var l5 = vec4f(); var l6 = vec4f(); var l7 = vec4f();
  var r0 = vec4f(); var r1 = vec4f(); var r2 = vec4f(); var r3 = vec4f(); var r4 = vec4f(); var r5 = vec4f(); var r6 = vec4f(); var r7 = vec4f();
  var v0 = Pixel(start / area, start % area / p.OW, start % p.OW, 1.0);
  for (var q = start; q < end; q += 4u) {
    let rest = end - q;
    v0.on = 1.0;
    let v1 = next(v0, u32(rest > 1u));
    let v2 = next(v1, u32(rest > 2u));
    let v3 = next(v2, u32(rest > 3u));
    let on = vec4f(v0.on, v1.on, v2.on, v3.on);
    let xl = mat4x4f(x4(left, v0), x4(left, v1), x4(left, v2), x4(left, v3));
    let xr = mat4x4f(x4(right, v0), x4(right, v1), x4(right, v2), x4(right, v3));
    let b0 = base(v0); let b1 = base(v1); let b2 = base(v2); let b3 = base(v3);
    let g0 = vec4f(g[b0 + ol.x], g[b1 + ol.x], g[b2 + ol.x], g[b3 + ol.x]) * on; l0 += xl * g0; r0 += xr * g0;
    let g1 = vec4f(g[b0 + ol.y], g[b1 + ol.y], g[b2 + ol.y], g[b3 + ol.y]) * on; l1 += xl * g1; r1 += xr * g1;
    let g2 = vec4f(g[b0 + ol.z], g[b1 + ol.z], g[b2 + ol.z], g[b3 + ol.z]) * on; l2 += xl * g2; r2 += xr * g2;
    let g3 = vec4f(g[b0 + ol.w], g[b1 + ol.w], g[b2 + ol.w], g[b3 + ol.w]) * on; l3 += xl * g3; r3 += xr * g3;
    let g4 = vec4f(g[b0 + or.x], g[b1 + or.x], g[b2 + or.x], g[b3 + or.x]) * on; l4 += xl * g4; r4 += xr * g4;
    let g5 = vec4f(g[b0 + or.y], g[b1 + or.y], g[b2 + or.y], g[b3 + or.y]) * on; l5 += xl * g5; r5 += xr * g5;
    let g6 = vec4f(g[b0 + or.z], g[b1 + or.z], g[b2 + or.z], g[b3 + or.z]) * on; l6 += xl * g6; r6 += xr * g6;
    let g7 = vec4f(g[b0 + or.w], g[b1 + or.w], g[b2 + or.w], g[b3 + or.w]) * on; l7 += xl * g7; r7 += xr * g7;
    v0 = next(v3, 1u);
  }
  store(s, o, kl, l0); store(s, o, kr, r0);
  store(s, o + 1u, kl, l1); store(s, o + 1u, kr, r1);
  store(s, o + 2u, kl, l2); store(s, o + 2u, kr, r2);
  store(s, o + 3u, kl, l3); store(s, o + 3u, kr, r3);
  store(s, o + 4u, kl, l4); store(s, o + 4u, kr, r4);
  store(s, o + 5u, kl, l5); store(s, o + 5u, kr, r5);
  store(s, o + 6u, kl, l6); store(s, o + 6u, kr, r6);
  store(s, o + 7u, kl, l7); store(s, o + 7u, kr, r7);
}
