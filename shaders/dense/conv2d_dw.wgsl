// part[s,o,i,ky,kx] = sum over the pixels (b,oy,ox) of chunk s of  g[b,o,oy,ox] x[b,i, oy*sy + ky*dy - py, ox*sx + kx*dx - px]
// x: act[B,I,H,W]   g: f32[B,O,OH,OW]   ->  part: f32[S,O,I,KH,KW]     sum_splits.wgsl adds the S parts in order: deterministic
// grid [tiles/32, S]: an invocation computes a tile of 8 output channels x 8 taps (of any input channels) over `chunk` pixels of the
// flattened batch, whose coordinates count up: the loop divides by nothing.
//#import act
//#import conv_weights
override WG: u32 = 32u;
struct Params {
  B: u32, I: u32, H: u32, W: u32, O: u32, OH: u32, OW: u32, KH: u32, KW: u32,
  sy: u32, sx: u32, py: u32, px: u32, dy: u32, dx: u32, S: u32, chunk: u32, x0: u32, y0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<Act>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> part: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tiles = (p.I * p.KH * p.KW + 7u) / 8u; // along the weights of one output channel
  let tile = (wid.x + p.x0) * WG + lane;
  let o = tile / tiles * 8u;
  if (o >= p.O) { return; }
  let kl = tile % tiles * 8u + vec4u(0u, 1u, 2u, 3u);
  let kr = kl + 4u;
  let left = weights(kl);
  let right = weights(kr);
  let s = wid.y + p.y0;
  let area = p.OH * p.OW;
  let ol = min(o + vec4u(0u, 1u, 2u, 3u), vec4u(p.O - 1u)) * area;
  let oh = min(o + vec4u(4u, 5u, 6u, 7u), vec4u(p.O - 1u)) * area;
  let start = s * p.chunk;
  let end = min(start + p.chunk, p.B * area);
  var l0 = vec4f(); var l1 = vec4f(); var l2 = vec4f(); var l3 = vec4f(); var l4 = vec4f(); var l5 = vec4f(); var l6 = vec4f(); var l7 = vec4f();
  var r0 = vec4f(); var r1 = vec4f(); var r2 = vec4f(); var r3 = vec4f(); var r4 = vec4f(); var r5 = vec4f(); var r6 = vec4f(); var r7 = vec4f();
  var pixel = Pixel(start / area, start % area / p.OW, start % p.OW);
  for (var q = start; q < end; q++) {
    let xl = x4(left, pixel);
    let xr = x4(right, pixel);
    let at = base(pixel);
    let g0 = g[at + ol.x]; l0 += xl * g0; r0 += xr * g0;
    let g1 = g[at + ol.y]; l1 += xl * g1; r1 += xr * g1;
    let g2 = g[at + ol.z]; l2 += xl * g2; r2 += xr * g2;
    let g3 = g[at + ol.w]; l3 += xl * g3; r3 += xr * g3;
    let g4 = g[at + oh.x]; l4 += xl * g4; r4 += xr * g4;
    let g5 = g[at + oh.y]; l5 += xl * g5; r5 += xr * g5;
    let g6 = g[at + oh.z]; l6 += xl * g6; r6 += xr * g6;
    let g7 = g[at + oh.w]; l7 += xl * g7; r7 += xr * g7;
    pixel = next(pixel);
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
