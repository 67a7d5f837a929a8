// label[b,q] = byte q of map index[b]: class numbers as they are, or without class `none`: that one becomes 2^32 - 1, those above it one less
// images: u32[N*P/4]   index: u32[B]   ->   label: u32[B,P]
// grid [ceil(P/WG), B]: one invocation a pixel. images holds bytes, four a word. None of the classes is left out with none = 256 or more.
// Requires index below N.
override WG: u32 = 64u;
struct Params { N: u32, P: u32, B: u32, none: u32, x0: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> images: array<u32>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> label: array<u32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let b = wid.y + p.y0;
  let q = (wid.x + p.x0) * WG + lane;
  if (q >= p.P) { return; }
  let at = index[b] * p.P + q;
  let byte = (images[at >> 2u] >> ((at & 3u) * 8u)) & 255u;
  label[b * p.P + q] = select(select(byte, byte - 1u, byte > p.none), 0xffffffffu, byte == p.none);
}
