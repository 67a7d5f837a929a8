// part[s,:,c] = (sum g xhat, sum g) over sequences s*rows ... and all steps; RELU: where y > 0      (see channel_norm.wgsl)
// x: f32[B,C,T]   y: f32[B,C,T]   stats: f32[B,T,2] (mean, 1/deviation)   g: f32[B,C,T]   ->  part: f32[B/rows,2,C]
// grid [chunks*C/64]: one invocation a chunk and channel; batch_norm_dw sums the chunks in order.
override WG: u32 = 64u;
override RELU: bool = false;
struct Params { B: u32, C: u32, T: u32, rows: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read> stats: array<vec2<f32>>;
@group(0) @binding(4) var<storage, read> g: array<f32>;
@group(0) @binding(5) var<storage, read_write> part: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let id = (wid.x + p.x0) * WG + lane;
  let chunk = id / p.C;
  let c = id % p.C;
  if (chunk * p.rows >= p.B) { return; }
  var along = 0.0;
  var sum = 0.0;
  for (var b = chunk * p.rows; b < min((chunk + 1u) * p.rows, p.B); b++) {
    for (var t = 0u; t < p.T; t++) {
      let i = (b * p.C + c) * p.T + t;
      let s = stats[b * p.T + t];
      if (RELU && y[i] <= 0.0) { continue; }
      along += g[i] * (x[i] - s.x) * s.y;
      sum += g[i];
    }
  }
  part[2u * chunk * p.C + c] = along;
  part[(2u * chunk + 1u) * p.C + c] = sum;
}
