// y[b,c,t] = weight[c] (x[b,c,t] - mean) / sqrt(var + eps) + bias[c], mean and var over the channels of one step; RELU: max(y, 0)
// As channel_norm.wgsl, four steps at a time: loads are of vec4, and those of weight and bias shared.
// x: f32[B,C,T]   weight: f32[C]   bias: f32[C]   ->  y: f32[B,C,T]   stats: f32[B,T,2] (mean, 1/deviation)
// grid [B*T/(4*WG)]: one invocation four steps; two passes, so that nothing cancels. Requires C >= 2, T % 4 = 0.
override WG: u32 = 16u;
override RELU: bool = false;
struct Params { B: u32, C: u32, T: u32, eps: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> stats: array<vec4<f32>>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let step = (wid.x + p.x0) * WG + lane; // in fours
  let width = p.T / 4u;
  if (step >= p.B * width) { return; }
  let start = step / width * p.C * width + step % width;
  let end = start + p.C * width;
  var sum = vec4f();
  for (var at = start; at < end; at += width) { sum += x[at]; }
  let mean = sum / f32(p.C);
  var squares = vec4f();
  for (var at = start; at < end; at += width) {
    let apart = x[at] - mean;
    squares += apart * apart;
  }
  let scale = 1.0 / sqrt(squares / f32(p.C - 1u) + p.eps);
  var at = start;
  for (var c = 0u; c < p.C; c++) {
    var v = (x[at] - mean) * scale * weight[c] + bias[c];
    if (RELU) { v = select(v, vec4f(), v < vec4f()); }
    y[at] = v;
    at += width;
  }
  stats[2u * step] = vec4f(mean.x, scale.x, mean.y, scale.y);
  stats[2u * step + 1u] = vec4f(mean.z, scale.z, mean.w, scale.w);
}
