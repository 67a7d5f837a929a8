// Gradient of a batch contrast by its features, from the derivatives g by the scores.
//   anchor:  dx_i = sum_j g_ij x_j  (what the released code computes)      full:  dx_i = sum_j (g_ij + g_ji) x_j
// Ye, Zhang, Yuen, Chang 2019 (arXiv:1904.03436), eq. 6 differentiated.
// x: f32[M,D]   g: f32[M,M]   ->  dx: f32[M,D]
// grid [D/4/WG, M/4]: a lane has four anchors x four columns in registers.
// Requires D % 4 = 0.
override WG: u32 = 16u;
override FULL: bool = false;
struct Params { M: u32, D: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<vec4<f32>>;

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) wid: vec3u) {
  let d = p.D / 4u;
  let column = id.x;
  if (column >= d) { return; }
  let i = 4u * (wid.y + p.y0);
  let last = p.M - 1u;
  let i0 = min(i, last); let i1 = min(i + 1u, last); let i2 = min(i + 2u, last); let i3 = min(i + 3u, last);
  var a = vec4<f32>(); var b = vec4<f32>(); var c = vec4<f32>(); var e = vec4<f32>();
  for (var j = 0u; j < p.M; j++) {
    var w = vec4<f32>(g[i0 * p.M + j], g[i1 * p.M + j], g[i2 * p.M + j], g[i3 * p.M + j]);
    if (FULL) {
      let at = j * p.M;
      w += vec4<f32>(g[at + i0], g[at + i1], g[at + i2], g[at + i3]);
    }
    let v = x[j * d + column];
    a += w.x * v; b += w.y * v; c += w.z * v; e += w.w * v;
  }
  dx[i * d + column] = a;
  if (i + 1u < p.M) { dx[(i + 1u) * d + column] = b; }
  if (i + 2u < p.M) { dx[(i + 2u) * d + column] = c; }
  if (i + 3u < p.M) { dx[(i + 3u) * d + column] = e; }
}
