// ring[4 (step mod R) + i] = the i-th scalar of this step: losses stay on the device and are fetched once every R steps.
// a: f32[1]   b: f32[1]   c: f32[1]   d: f32[1]   ->  ring: f32[4*R]
// grid [1]: one invocation. Other entries of the ring keep their values.
//#import step
struct Params { R: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> a: array<f32>;
@group(0) @binding(3) var<storage, read> b: array<f32>;
@group(0) @binding(4) var<storage, read> c: array<f32>;
@group(0) @binding(5) var<storage, read> d: array<f32>;
@group(0) @binding(6) var<storage, read_write> ring: array<f32>;

@compute @workgroup_size(1)
fn main() {
  let base = 4u * (step.step % p.R);
  ring[base] = a[0];
  ring[base + 1u] = b[0];
  ring[base + 2u] = c[0];
  ring[base + 3u] = d[0];
}
