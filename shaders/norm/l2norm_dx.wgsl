// dx[b,:] = inverse[b] * (g[b,:] - (y[b,:] . g[b,:]) y[b,:])          closed form; methods.md section 7
// y: f32[B,D]   inverse: f32[B]   g: f32[B,D]   ->  dx: f32[B,D]
// grid [B/64]: one invocation a row.
override WG: u32 = 64u;
struct Params { B: u32, D: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read> inverse: array<f32>;
@group(0) @binding(3) var<storage, read> g: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let b = (wid.x + p.x0) * WG + lane;
  if (b >= p.B) { return; }
  let start = b * p.D;
  let end = start + p.D;
  var sums = vec4f();
  var i = start;
  for (; i + 4u <= end; i += 4u) {
    sums += vec4f(y[i], y[i + 1u], y[i + 2u], y[i + 3u]) * vec4f(g[i], g[i + 1u], g[i + 2u], g[i + 3u]);
  }
  var along = (sums.x + sums.y) + (sums.z + sums.w);
  for (; i < end; i++) { along += y[i] * g[i]; }
  let scale = inverse[b];
  for (i = start; i < end; i++) { dx[i] = scale * (g[i] - along * y[i]); }
}
