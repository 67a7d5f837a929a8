// y[n,k] = w[n,k] for taps k before `end` in reading order, else 0: weights of a convolution that sees what comes before a pixel alone
// van den Oord, Kalchbrenner, Kavukcuoglu 2016 (arXiv:1601.06759), figure 2: mask A ends before the middle tap, mask B after it.
// w: f32[N,K]   ->  y: f32[N,K]
// grid [N*K/256]: four elements an invocation, WG apart.
override WG: u32 = 64u;
struct Params { N: u32, K: u32, end: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = first; i < min(first + 4u * WG, p.N * p.K); i += WG) { y[i] = select(0.0, w[i], i % p.K < p.end); }
}
