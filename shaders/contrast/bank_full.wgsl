// Every anchor against every bank row but its own, in one pass: what the softmax loss needs, and the gradient sum.
//   s_j = v . w_j / T,   m = max s_j,   S = sum exp(s_j - m),   partial = sum exp(s_j - m) w_j   over j != y
// Wu et al. 2018 (arXiv:1805.01978), eq. 2, over all rows; the running maximum follows Milakov & Gimelshein 2018.
// features: f32[B,D]   bank: f32[N,D]   index: u32[B]   ->  stats: f32[B,P,4] (m, S, 0, 0)   partial: f32[B,P,D]
// grid [splits, B/BA]: a workgroup takes BA anchors and `per` rows in tiles of BR; [B,N] never exists, a tile lives in workgroup memory.
//   Scores: a lane has 8 anchors x 8 rows in registers. Gradient: 8 anchors x 8 columns; lanes left over take other rows (slices).
// Requires D % 4 = 0, BA % 8 = 0, BR % 8 = 0, BA <= WG, BA*BR/64 <= WG, BA/8 * ceil(D/8) * slices = WG or less, P = splits * slices.
//#import full
struct Params { B: u32, N: u32, D: u32, P: u32, slices: u32, per: u32, inv_tau: f32, x0: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> features: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> bank: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> index: array<u32>;
@group(0) @binding(4) var<storage, read_write> stats: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> partial: array<vec4<f32>>;

fn candidates(rows: vec4<u32>) -> vec4<bool> {
  return vec4<bool>(true);
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  contrast_full(wid.x + p.x0, (wid.y + p.y0) * BA, lane, 0u, 0u, 0u);
}
