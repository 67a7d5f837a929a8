// y[b,o,oy,ox] = sum_{i,ky,kx} x[b,i, oy*sy + ky*dy - py, ox*sx + kx*dx - px] w[o,i,ky,kx]     as conv2d.wgsl
// x: act[B,I,H,W]   w: f32[O,I,KH,KW]   ->  y: act[B,O,OH,OW]
// grid [pixels/64, O/64]: the form for GPUs (lib/tile64.wgsl): 64 channels x 64 pixels, the windows' values never written out (implicit GEMM). A
// value of x serves 64 channels and a weight 64 pixels: 32 multiply-adds a float from memory, where the 8 x 8 tile of conv2d.wgsl has 4. Lanes
// read weights along their terms and x along its rows, so loads coalesce; a lane's pixels are the same in every turn, their coordinates computed once.
// Not measured on a GPU yet; on software adapters workgroup memory is dearer than memory.
//#import act
//#import tile64
struct Params {
  B: u32, I: u32, H: u32, W: u32, O: u32, OH: u32, OW: u32, KH: u32, KW: u32,
  sy: u32, sx: u32, py: u32, px: u32, dy: u32, dx: u32, x0: u32, y0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<Act>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<Act>;

// Where the windows of four pixels start: the image, and the top left corner (which may lie outside).
struct Window { image: vec4u, row: vec4i, column: vec4i }

fn window(q: vec4u) -> Window {
  let pixel = min(q, vec4u(p.B * p.OH * p.OW - 1u));
  let line = pixel / p.OW;
  let row = vec4i(line % p.OH * p.sy) - i32(p.py);
  return Window(line / p.OH * (p.I * p.H * p.W), row, vec4i((pixel % p.OW) * p.sx) - i32(p.px));
}

// Term k of four windows; 0 beyond the last term.
fn x4(v: Window, k: u32, terms: u32) -> vec4f {
  let term = min(k, terms - 1u);
  let line = term / p.KW;
  let row = vec4u(v.row + i32(line % p.KH * p.dy)); // negative ones become huge, so one comparison does
  let column = vec4u(v.column + i32(term % p.KW * p.dx));
  let inside = (row < vec4u(p.H)) & (column < vec4u(p.W));
  let at = v.image + line / p.KH * (p.H * p.W) + select(vec4u(), row * p.W + column, inside);
  return select(vec4f(), vec4f(vec4<Act>(x[at.x], x[at.y], x[at.z], x[at.w])), inside & vec4<bool>(k < terms));
}

fn w4(o: u32, k: u32, terms: u32) -> vec4f {
  let at = min(o + vec4u(0u, 1u, 2u, 3u), vec4u(p.O - 1u)) * terms + min(k, terms - 1u);
  return select(vec4f(), vec4f(w[at.x], w[at.y], w[at.z], w[at.w]), k < terms);
}

fn store(_split: u32, o: u32, q: u32, v: vec4f) {
  if (o >= p.O) { return; }
  let area = p.OH * p.OW;
  for (var c = 0u; c < 4u; c++) {
    if (q + c < p.B * area) { y[((q + c) / area * p.O + o) * area + (q + c) % area] = Act(v[c]); }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = (wid.x + p.x0) * 64u;
  let row = (wid.y + p.y0) * 64u;
  let terms = p.I * p.KH * p.KW;
  let pixels = window(column + lane % 16u * 4u + vec4u(0u, 1u, 2u, 3u));
  var s = Sums();
  for (var k = 0u; k < terms; k += 16u) {
    workgroupBarrier();
    for (var r = 0u; r < 4u; r++) {
      let other = lane / 16u + 4u * r;
      left[lane % 16u * ROW + other] = w4(row + 4u * other, k + lane % 16u, terms);
      right[other * ROW + lane % 16u] = x4(pixels, k + other, terms);
    }
    workgroupBarrier();
    multiply(&s, lane);
  }
  put(s, 0u, row, column, lane);
}
