// part[s,o,i,ky,kx] = sum over the pixels (b,oy,ox) of chunk s of  g[b,o,oy,ox] x[b,i, oy*sy + ky*dy - py, ox*sx + kx*dx - px]     as conv2d_dw.wgsl
// x: act[B,I,H,W]   g: f32[B,O,OH,OW]   ->  part: f32[S,O,I,KH,KW]     sum_splits.wgsl adds the S parts in order: deterministic
// grid [weights of a channel/64, O/64, S]: the form for GPUs (lib/tile64.wgsl): 64 output channels x 64 weights, the terms are pixels. A value of g
// serves 64 weights and one of x 64 channels. Lanes read both along the pixels, so loads coalesce; where the 64 weights point to is kept in
// workgroup memory (768 bytes more), so that a lane divides for one pixel a turn alone.
// Not measured on a GPU yet; on software adapters workgroup memory is dearer than memory.
//#import act
//#import tile64
struct Params {
  B: u32, I: u32, H: u32, W: u32, O: u32, OH: u32, OW: u32, KH: u32, KW: u32,
  sy: u32, sx: u32, py: u32, px: u32, dy: u32, dx: u32, S: u32, chunk: u32, x0: u32, y0: u32, z0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<Act>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> part: array<f32>;

// Four weights: their input channel's plane, and how far their tap reaches from the window's corner.
struct Weights { plane: vec4u, row: vec4i, column: vec4i }
var<workgroup> weights: array<Weights, 16>;
// An output pixel: where its image starts in x, the corner of its window, where channel 0 of it is in g, and 1 where there is one.
struct Pixel { image: u32, row: i32, column: i32, g: u32, there: u32 }

fn weights_of(k: vec4u) -> Weights {
  let weight = min(k, vec4u(p.I * p.KH * p.KW - 1u));
  let line = weight / p.KW;
  return Weights(line / p.KH * (p.H * p.W), vec4i(line % p.KH * p.dy) - i32(p.py), vec4i(weight % p.KW * p.dx) - i32(p.px));
}

fn pixel_of(q: u32, end: u32) -> Pixel {
  let at = min(q, end - 1u);
  let line = at / p.OW;
  let image = line / p.OH;
  let place = vec2u(line % p.OH, at % p.OW);
  let corner = vec2i(place * vec2u(p.sy, p.sx));
  return Pixel(image * (p.I * p.H * p.W), corner.x, corner.y, (image * p.O * p.OH + place.x) * p.OW + place.y, u32(q < end));
}

fn x4(k: Weights, v: Pixel) -> vec4f {
  let row = vec4u(k.row + v.row); // negative ones become huge, so one comparison does
  let column = vec4u(k.column + v.column);
  let inside = (row < vec4u(p.H)) & (column < vec4u(p.W));
  let at = v.image + k.plane + select(vec4u(), row * p.W + column, inside);
  return select(vec4f(), vec4f(vec4<Act>(x[at.x], x[at.y], x[at.z], x[at.w])), inside & vec4<bool>(v.there == 1u));
}

fn g4(o: u32, v: Pixel) -> vec4f {
  let at = v.g + min(o + vec4u(0u, 1u, 2u, 3u), vec4u(p.O - 1u)) * (p.OH * p.OW);
  return select(vec4f(), vec4f(g[at.x], g[at.y], g[at.z], g[at.w]), v.there == 1u);
}

fn store(split: u32, o: u32, k: u32, v: vec4f) {
  if (o >= p.O) { return; }
  let size = p.I * p.KH * p.KW;
  for (var c = 0u; c < 4u; c++) {
    if (k + c < size) { part[(split * p.O + o) * size + k + c] = v[c]; }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = (wid.x + p.x0) * 64u;
  let row = (wid.y + p.y0) * 64u;
  let split = wid.z + p.z0;
  let end = min((split + 1u) * p.chunk, p.B * p.OH * p.OW);
  if (lane < 16u) { weights[lane] = weights_of(column + 4u * lane + vec4u(0u, 1u, 2u, 3u)); }
  workgroupBarrier();
  var s = Sums();
  for (var q = split * p.chunk; q < end; q += 16u) {
    workgroupBarrier();
    let term = lane % 16u;
    let pixel = pixel_of(q + term, end);
    for (var r = 0u; r < 4u; r++) {
      let v = lane / 16u + 4u * r;
      left[term * ROW + v] = g4(row + 4u * v, pixel);
      right[term * ROW + v] = x4(weights[v], pixel);
    }
    workgroupBarrier();
    multiply(&s, lane);
  }
  put(s, split, row, column, lane);
}
