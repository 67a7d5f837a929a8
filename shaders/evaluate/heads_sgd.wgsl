// d = gain g + decay_h w;  v = mu v + d;  w -= rate rate_h v      torch.optim.SGD (dampening 0) of H heads, each with a rate and a decay
// gradient: f32[H,N]   settings: f32[H,2]   ->   weight: f32[H,N]   velocity: f32[H,N]        in place; velocity starts at 0
// grid [H*N/256]: four elements an invocation, WG apart.
// settings: rate and decay of each head; the step's own rate multiplies all of them (a schedule from 1 downwards). gain undoes the mean
// over heads that a common loss takes.
//#import step
override WG: u32 = 64u;
struct Params { H: u32, N: u32, mu: f32, gain: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> settings: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> weight: array<f32>;
@group(0) @binding(4) var<storage, read_write> velocity: array<f32>;
@group(0) @binding(5) var<uniform> step: Step;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = first; i < min(first + 4u * WG, p.H * p.N); i += WG) {
    let own = settings[i / p.N];
    let w = weight[i];
    let v = p.mu * velocity[i] + p.gain * gradient[i] + own.y * w;
    velocity[i] = v;
    weight[i] = w - step.rate * own.x * v;
  }
}
