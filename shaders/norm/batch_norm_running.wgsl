// coef[:,c] = (running mean, r = 1/sqrt(running var + eps), r, 0): batch norm's coefficients in evaluation, without affine part
// running_mean: f32[C]   running_var: f32[C]   ->  coef: f32[4,C]
// grid [C/64]: one invocation a channel.
override WG: u32 = 64u;
struct Params { C: u32, eps: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> running_mean: array<f32>;
@group(0) @binding(2) var<storage, read> running_var: array<f32>;
@group(0) @binding(3) var<storage, read_write> coef: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= p.C) { return; }
  let scale = 1.0 / sqrt(running_var[c] + p.eps);
  coef[c] = running_mean[c];
  coef[p.C + c] = scale;
  coef[2u * p.C + c] = scale;
  coef[3u * p.C + c] = 0.0;
}
