// Second stage of batch norm's statistics: chunks combined in order (Chan et al. 1979), running statistics updated, and
// coef[:,c] = (mean, r = 1/sqrt(var + eps), r gamma, beta): with the affine part.     Ioffe & Szegedy 2015, algorithm 1
// mean: f32[B/rows,C]   m2: f32[B/rows,C]   gamma: f32[C]   beta: f32[C]
// ->  coef: f32[4,C]   running_mean: f32[C]   running_var: f32[C]
// grid [C/64]: one invocation a channel. `var` is biased; the running one is unbiased, as in PyTorch. Requires B*P > 1.
override WG: u32 = 64u;
struct Params { B: u32, C: u32, P: u32, rows: u32, eps: f32, momentum: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> mean: array<f32>;
@group(0) @binding(2) var<storage, read> m2: array<f32>;
@group(0) @binding(3) var<storage, read> gamma: array<f32>;
@group(0) @binding(4) var<storage, read> beta: array<f32>;
@group(0) @binding(5) var<storage, read_write> coef: array<f32>;
@group(0) @binding(6) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(7) var<storage, read_write> running_var: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= p.C) { return; }
  let n = f32(p.B * p.P);
  let shift = mean[c];
  var average = 0.0;
  for (var b = 0u; b < p.B; b += p.rows) {
    average += (mean[b / p.rows * p.C + c] - shift) * f32(min(p.rows, p.B - b) * p.P);
  }
  average = shift + average / n;
  var deviations = 0.0;
  for (var b = 0u; b < p.B; b += p.rows) {
    let i = b / p.rows * p.C + c;
    let d = mean[i] - average;
    deviations += m2[i] + d * d * f32(min(p.rows, p.B - b) * p.P);
  }
  let scale = 1.0 / sqrt(deviations / n + p.eps);
  coef[c] = average;
  coef[p.C + c] = scale;
  coef[2u * p.C + c] = scale * gamma[c];
  coef[3u * p.C + c] = beta[c];
  running_mean[c] += p.momentum * (average - running_mean[c]);
  running_var[c] += p.momentum * (deviations / (n - 1.0) - running_var[c]);
}
