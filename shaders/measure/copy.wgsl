// y[i] = x[i]: how fast this adapter moves bytes.
// x: f32[4*T]   ->  y: f32[4*T]
// grid [T/64]: one vec4 an invocation.
struct Params { T: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * 64u + lane;
  if (i < p.T) { y[i] = x[i]; }
}
