// y[b,c,t] = weight[c] (x[b,c,t] - mean) / sqrt(var + eps) + bias[c], mean and var over the channels of one step; RELU: max(y, 0)
// As ChannelNorm of the CPC audio code: var is unbiased, over C - 1 (LayerNorm, Ba et al. 2016, arXiv:1607.06450, divides by C).
// x: f32[B,C,T]   weight: f32[C]   bias: f32[C]   ->  y: f32[B,C,T]   stats: f32[B,T,2] (mean, 1/deviation)
// grid [B*T/64]: one invocation a step; two passes, so that nothing cancels. Requires C >= 2.
override WG: u32 = 64u;
override RELU: bool = false;
struct Params { B: u32, C: u32, T: u32, eps: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> stats: array<vec2<f32>>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let step = (wid.x + p.x0) * WG + lane;
  if (step >= p.B * p.T) { return; }
  let start = step / p.T * p.C * p.T + step % p.T;
  var sum = 0.0;
  for (var c = 0u; c < p.C; c++) { sum += x[start + c * p.T]; }
  let mean = sum / f32(p.C);
  var squares = 0.0;
  for (var c = 0u; c < p.C; c++) {
    let apart = x[start + c * p.T] - mean;
    squares += apart * apart;
  }
  let scale = 1.0 / sqrt(squares / f32(p.C - 1u) + p.eps);
  for (var c = 0u; c < p.C; c++) {
    var v = (x[start + c * p.T] - mean) * scale * weight[c] + bias[c];
    if (RELU) { v = select(v, 0.0, v < 0.0); }
    y[start + c * p.T] = v;
  }
  stats[step] = vec2f(mean, scale);
}
