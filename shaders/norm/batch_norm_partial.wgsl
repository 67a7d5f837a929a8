// mean[s,c], m2[s,c] = mean and sum of squared deviations of x[b,c,q] over the images b of chunk s and all pixels q
// x: act[B,C,P]   ->  mean: f32[B/rows,C]   m2: f32[B/rows,C]        first stage of batch norm's statistics
// grid [chunks*C/64]: one invocation a (chunk, channel); a chunk is `rows` images. Sums are taken of x minus the chunk's first
// value, so that a large common mean does not cancel.
//#import act
override WG: u32 = 64u;
struct Params { B: u32, C: u32, P: u32, rows: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<Act>;
@group(0) @binding(2) var<storage, read_write> mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> m2: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * WG + lane;
  let c = i % p.C;
  let start = i / p.C * p.rows;
  if (start >= p.B) { return; }
  let end = min(start + p.rows, p.B);
  let shift = f32(x[(start * p.C + c) * p.P]);
  var sums = vec4f();
  var squares = vec4f();
  for (var b = start; b < end; b++) {
    let plane = (b * p.C + c) * p.P;
    var q = 0u;
    for (; q + 4u <= p.P; q += 4u) {
      let at = plane + q;
      let v = vec4f(vec4<Act>(x[at], x[at + 1u], x[at + 2u], x[at + 3u])) - shift;
      sums += v;
      squares += v * v;
    }
    for (; q < p.P; q++) {
      let v = f32(x[plane + q]) - shift;
      sums.x += v;
      squares.x += v * v;
    }
  }
  let n = f32((end - start) * p.P);
  let sum = (sums.x + sums.y) + (sums.z + sums.w);
  mean[i] = shift + sum / n;
  m2[i] = max((squares.x + squares.y) + (squares.z + squares.w) - sum * sum / n, 0.0);
}
