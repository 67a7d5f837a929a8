// d = g + decay * w;  v = mu * v + d;  w -= rate * (d + mu * v if nesterov = 1, else v)     torch.optim.SGD, dampening 0
// gradient: f32[N]   ->  weight: f32[N]   velocity: f32[N]        in place; velocity starts at 0
// grid [N/256]: four elements an invocation, WG apart. N is the whole parameter store; its padding is 0 and stays 0.
//#import step
override WG: u32 = 64u;
struct Params { N: u32, mu: f32, decay: f32, nesterov: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> velocity: array<f32>;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = first; i < min(first + 4u * WG, p.N); i += WG) {
    let w = weight[i];
    let d = gradient[i] + p.decay * w;
    let v = p.mu * velocity[i] + d;
    velocity[i] = v;
    weight[i] = w - step.rate * select(v, d + p.mu * v, p.nesterov == 1u);
  }
}
