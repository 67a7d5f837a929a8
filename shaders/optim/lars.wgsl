// d = ratio (g + decay w);  v = mu * v + d;  w -= rate * v        You, Gitman, Ginsburg 2017 (arXiv:1708.03888), algorithm 1, with
// torch.optim.SGD's momentum (the rate outside of it). Parameters that are not adapted: d = g.
// chunks: u32[C,4] (first element, elements, parameter, whether it is adapted)   ratio: f32[Q] (of lars_ratios)   gradient: f32[N]
//   ->  weight: f32[N]   velocity: f32[N]        in place; velocity starts at 0
// grid [C]: a workgroup a chunk, WG lanes over its elements. A chunk is part of one parameter; padding between them is not touched.
//#import step
override WG: u32 = 64u;
struct Params { C: u32, Q: u32, N: u32, mu: f32, decay: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> chunks: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> ratio: array<f32>;
@group(0) @binding(3) var<storage, read> gradient: array<f32>;
@group(0) @binding(4) var<storage, read_write> weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> velocity: array<f32>;
@group(0) @binding(6) var<uniform> step: Step;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let chunk = chunks[wid.x + p.x0];
  let decay = select(0.0, p.decay, chunk.w == 1u);
  let own = ratio[chunk.z];
  for (var i = chunk.x + lane; i < chunk.x + chunk.y; i += WG) {
    let w = weight[i];
    let v = p.mu * velocity[i] + own * (gradient[i] + decay * w);
    velocity[i] = v;
    weight[i] = w - step.rate * v;
  }
}
