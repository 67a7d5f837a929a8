// row[i] = factor / 2 (x[i] - y[i])^2   dx[i] = factor (x[i] - y[i])
// x: f32[N]   y: f32[N]   ->  row: f32[N]   dx: f32[N]
// grid [N/256]: four elements an invocation, WG apart.
override WG: u32 = 64u;
struct Params { N: u32, factor: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> row: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = first; i < min(first + 4u * WG, p.N); i += WG) {
    let d = x[i] - y[i];
    row[i] = 0.5 * p.factor * d * d;
    dx[i] = p.factor * d;
  }
}
