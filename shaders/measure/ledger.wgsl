// ring[4 (step mod R) + i] = share * the i-th scalar, added to what is there if add = 1: losses stay on the device and are fetched once
// every R steps; a step made of parts notes its mean part by part.
// a: f32[1]   b: f32[1]   c: f32[1]   d: f32[1]   ->  ring: f32[4*R]
// grid [1]: one invocation. Other entries of the ring keep their values.
//#import step
struct Params { R: u32, share: f32, add: u32 }
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
  let scalars = p.share * vec4<f32>(a[0], b[0], c[0], d[0]);
  for (var i = 0u; i < 4u; i++) { ring[base + i] = select(scalars[i], ring[base + i] + scalars[i], p.add == 1u); }
}
