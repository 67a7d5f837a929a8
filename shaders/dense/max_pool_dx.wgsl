// dx[n,u,v] = sum of g[n,oy,ox] over the windows whose maximum was at (u,v), in row order: a gather, so deterministic
// g: f32[N,OH,OW]   at: u32[N,OH,OW]   ->  dx: f32[N,H,W]
// grid [N*H*W/64]: one invocation a pixel.
override WG: u32 = 64u;
struct Params { N: u32, H: u32, W: u32, OH: u32, OW: u32, K: u32, stride: u32, pad: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read> at: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

/// First window along an axis that reaches pixel u (counted with padding), rounded up to where a window can start.
fn firstWindow(u: u32) -> u32 { return (max(u + 1u, p.K) - p.K + p.stride - 1u) / p.stride; }

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * WG + lane;
  if (i >= p.N * p.H * p.W) { return; }
  let pixel = i % (p.H * p.W);
  let plane = i / (p.H * p.W) * (p.OH * p.OW);
  let row = pixel / p.W + p.pad;
  let column = pixel % p.W + p.pad;
  var sum = 0.0;
  for (var oy = firstWindow(row); oy < min(row / p.stride + 1u, p.OH); oy++) {
    for (var ox = firstWindow(column); ox < min(column / p.stride + 1u, p.OW); ox++) {
      let window = plane + oy * p.OW + ox;
      if (at[window] == pixel) { sum += g[window]; }
    }
  }
  dx[i] = sum;
}
