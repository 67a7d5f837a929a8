// ring[N (step mod R) + i] = values[i]: as `ledger`, for a figure that a step has several of (one for each step ahead that is predicted).
// values: f32[N]  ->  ring: f32[N*R]
// grid [ceil(N/64)]: one invocation an entry. Other entries of the ring keep their values.
//#import step
struct Params { N: u32, R: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read_write> ring: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x;
  if (i >= p.N) { return; }
  ring[p.N * (step.step % p.R) + i] = values[i];
}
