// dx[i] = g[i] where y[i] > 0, else 0
// y: act[N]   g: f32[N]   ->  dx: f32[N]        y is relu.wgsl's output
// grid [N/256]: four elements an invocation, WG apart.
//#import act
override WG: u32 = 64u;
struct Params { N: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> y: array<Act>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = first; i < min(first + 4u * WG, p.N); i += WG) {
    dx[i] = select(0.0, g[i], f32(y[i]) > 0.0);
  }
}
