// part[s,:,c] = (sum g xhat, sum g) over sequences s*rows ... and all steps; RELU: where y > 0      (see channel_norm.wgsl)
// x: f32[B,C,T]   y: f32[B,C,T]   stats: f32[B,T,2] (mean, 1/deviation)   g: f32[B,C,T]   ->  part: f32[B/rows,2,C]
// grid [chunks*C/WG]: one invocation a chunk and channel, four steps at a time; batch_norm_dw sums the chunks in order. Requires T % 4 = 0.
override WG: u32 = 16u;
override RELU: bool = false;
struct Params { B: u32, C: u32, T: u32, rows: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> y: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> stats: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> g: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> part: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let id = (wid.x + p.x0) * WG + lane;
  let chunk = id / p.C;
  let c = id % p.C;
  if (chunk * p.rows >= p.B) { return; }
  let width = p.T / 4u;
  var along = vec4f();
  var sum = vec4f();
  for (var b = chunk * p.rows; b < min((chunk + 1u) * p.rows, p.B); b++) {
    let plane = (b * p.C + c) * width;
    for (var t = 0u; t < width; t++) {
      let low = stats[2u * (b * width + t)];
      let high = stats[2u * (b * width + t) + 1u];
      var h = g[plane + t];
      if (RELU) { h = select(h, vec4f(), y[plane + t] <= vec4f()); }
      along += h * (x[plane + t] - vec4f(low.xz, high.xz)) * vec4f(low.yw, high.yw);
      sum += h;
    }
  }
  part[2u * chunk * p.C + c] = dot(along, vec4f(1.0));
  part[(2u * chunk + 1u) * p.C + c] = dot(sum, vec4f(1.0));
}
