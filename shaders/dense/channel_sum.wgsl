// part[s,c] = sum over images b of chunk s and pixels q of x[b,c,q]: the gradient of a bias, first stage (then sum_splits.wgsl)
// x: f32[B,C,P]   ->  part: f32[B/rows,C]
// grid [chunks*C/64]: one invocation a (chunk, channel); a chunk is `rows` images.
override WG: u32 = 64u;
struct Params { B: u32, C: u32, P: u32, rows: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> part: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * WG + lane;
  let c = i % p.C;
  let start = i / p.C * p.rows;
  if (start >= p.B) { return; }
  var sums = vec4f();
  for (var b = start; b < min(start + p.rows, p.B); b++) {
    let plane = (b * p.C + c) * p.P;
    var q = 0u;
    for (; q + 4u <= p.P; q += 4u) {
      let at = plane + q;
      sums += vec4f(x[at], x[at + 1u], x[at + 2u], x[at + 3u]);
    }
    for (; q < p.P; q++) { sums.x += x[plane + q]; }
  }
  part[i] = (sums.x + sums.y) + (sums.z + sums.w);
}
