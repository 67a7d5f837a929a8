// dx = r (h - mean h - xhat sum(h xhat) / (C - 1)),  h = g weight, xhat = (x - mean) r; RELU: g counts where y > 0      (see channel_norm.wgsl)
// x: f32[B,C,T]   weight: f32[C]   y: f32[B,C,T]   stats: f32[B,T,2] (mean, r)   g: f32[B,C,T]   ->  dx: f32[B,C,T]
// grid [B*T/(4*WG)]: one invocation four steps, as channel_norm_fours. Requires C >= 2, T % 4 = 0.
override WG: u32 = 16u;
override RELU: bool = false;
struct Params { B: u32, C: u32, T: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> y: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> stats: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> g: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> dx: array<vec4<f32>>;

fn slope(i: u32, c: u32) -> vec4f {
  let h = g[i] * weight[c];
  if (RELU) { return select(h, vec4f(), y[i] <= vec4f()); }
  return h;
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let step = (wid.x + p.x0) * WG + lane; // in fours
  let width = p.T / 4u;
  if (step >= p.B * width) { return; }
  let start = step / width * p.C * width + step % width;
  let low = stats[2u * step];
  let high = stats[2u * step + 1u];
  let mean = vec4f(low.xz, high.xz);
  let scale = vec4f(low.yw, high.yw);
  var sum = vec4f();
  var along = vec4f();
  var at = start;
  for (var c = 0u; c < p.C; c++) {
    let h = slope(at, c);
    sum += h;
    along += h * (x[at] - mean);
    at += width;
  }
  let flat = sum / f32(p.C);
  let tilt = along * scale * scale / f32(p.C - 1u);
  at = start;
  for (var c = 0u; c < p.C; c++) {
    dx[at] = scale * (slope(at, c) - flat - (x[at] - mean) * tilt);
    at += width;
  }
}
