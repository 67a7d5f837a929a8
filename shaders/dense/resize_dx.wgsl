// dx[n,r,c] = sum over outputs (v,u) of g[n,v,u] times the weight of input (r,c) in it (resize.wgsl): a gather, so deterministic
// g: f32[N,OH,OW]   ->  dx: f32[N,H,W]
// grid [N*H*W/64]: one invocation an input; it visits the outputs around it, row by row.
// Requires (2 H + 3) OH < 2^32 and (2 OH + 1) H < 2^32, likewise in width.
override WG: u32 = 64u;
struct Params { N: u32, H: u32, W: u32, OH: u32, OW: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

/// Weight of input `own` of `size` in output i of `out`.
fn weight(own: u32, i: u32, size: u32, out: u32) -> f32 {
  let place = max((2u * i + 1u) * size, out) - out;
  let low = place / (2u * out);
  let part = f32(place % (2u * out)) / f32(2u * out);
  return select(0.0, 1.0 - part, low == own) + select(0.0, part, min(low + 1u, size - 1u) == own);
}

/// First output, and the one after the last, that may look at input `own`: those within one input of it, and one more for rounding.
fn first(own: u32, size: u32, out: u32) -> u32 { return max((2u * max(own, 1u) - 1u) * out / size / 2u, 1u) - 1u; }
fn end(own: u32, size: u32, out: u32) -> u32 { return min((2u * own + 3u) * out / size / 2u + 1u, out); }

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * WG + lane;
  if (i >= p.N * p.H * p.W) { return; }
  let plane = i / (p.H * p.W) * (p.OH * p.OW);
  let row = i / p.W % p.H;
  let column = i % p.W;
  var sum = 0.0;
  // The first row and column are also what lies beyond the edge.
  for (var v = select(first(row, p.H, p.OH), 0u, row == 0u); v < end(row, p.H, p.OH); v++) {
    let down = weight(row, v, p.H, p.OH);
    for (var u = select(first(column, p.W, p.OW), 0u, column == 0u); u < end(column, p.W, p.OW); u++) {
      sum += down * weight(column, u, p.W, p.OW) * g[plane + v * p.OW + u];
    }
  }
  dx[i] = sum;
}
