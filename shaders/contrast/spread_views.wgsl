// Two views of a batch as one batch: y = (first, second).          Ye, Zhang, Yuen, Chang 2019 (arXiv:1904.03436), section 3
// first: f32[N]   second: f32[N]   ->  y: f32[2*N]
// grid [2*N/256]: a lane copies four numbers, WG apart.
override WG: u32 = 64u;
struct Params { N: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> first: array<f32>;
@group(0) @binding(2) var<storage, read> second: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let start = (wid.x + p.x0) * 4u * WG + lane;
  for (var k = 0u; k < 4u; k++) {
    let i = start + k * WG;
    if (i < p.N) { y[i] = first[i]; } else if (i < 2u * p.N) { y[i] = second[i - p.N]; }
  }
}
