// dx = r (h - mean h - xhat sum(h xhat) / (C - 1)),  h = g weight, xhat = (x - mean) r; RELU: g counts where y > 0      (see channel_norm.wgsl)
// x: f32[B,C,T]   weight: f32[C]   y: f32[B,C,T]   stats: f32[B,T,2] (mean, r)   g: f32[B,C,T]   ->  dx: f32[B,C,T]
// grid [B*T/64]: one invocation a step.
override WG: u32 = 64u;
override RELU: bool = false;
struct Params { B: u32, C: u32, T: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> y: array<f32>;
@group(0) @binding(4) var<storage, read> stats: array<vec2<f32>>;
@group(0) @binding(5) var<storage, read> g: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;

fn slope(i: u32, c: u32) -> f32 {
  if (RELU && y[i] <= 0.0) { return 0.0; }
  return g[i] * weight[c];
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let step = (wid.x + p.x0) * WG + lane;
  if (step >= p.B * p.T) { return; }
  let start = step / p.T * p.C * p.T + step % p.T;
  let mean = stats[step].x;
  let scale = stats[step].y;
  var sum = 0.0;
  var along = 0.0;
  for (var c = 0u; c < p.C; c++) {
    let i = start + c * p.T;
    let h = slope(i, c);
    sum += h;
    along += h * (x[i] - mean) * scale;
  }
  for (var c = 0u; c < p.C; c++) {
    let i = start + c * p.T;
    dx[i] = scale * (slope(i, c) - sum / f32(p.C) - (x[i] - mean) * scale * along / f32(p.C - 1u));
  }
}
