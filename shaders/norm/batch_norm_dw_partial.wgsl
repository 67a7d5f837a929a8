// part[s,0,c] = sum of h * xhat, part[s,1,c] = sum of h, over the images of chunk s and all pixels, where xhat = (x - mean) * r and
// h = g, or g * [xhat * gamma + beta > 0] if relu = 1. First stage of d loss / d gamma and d loss / d beta.
// x: act[B,C,P]   coef: f32[4,C]   g: f32[B,C,P]   ->  part: f32[B/rows,2,C]
// grid [chunks*C/64]: one invocation a (chunk, channel); a chunk is `rows` images.
//#import act
override WG: u32 = 64u;
struct Params { B: u32, C: u32, P: u32, rows: u32, relu: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<Act>;
@group(0) @binding(2) var<storage, read> coef: array<f32>;
@group(0) @binding(3) var<storage, read> g: array<f32>;
@group(0) @binding(4) var<storage, read_write> part: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * WG + lane;
  let c = i % p.C;
  let chunk = i / p.C;
  let start = chunk * p.rows;
  if (start >= p.B) { return; }
  let mean = coef[c];
  let scale = coef[2u * p.C + c];
  let beta = coef[3u * p.C + c];
  var along = vec4f();
  var sums = vec4f();
  for (var b = start; b < min(start + p.rows, p.B); b++) {
    let plane = (b * p.C + c) * p.P;
    var q = 0u;
    for (; q + 4u <= p.P; q += 4u) {
      let at = plane + q;
      let v = vec4f(vec4<Act>(x[at], x[at + 1u], x[at + 2u], x[at + 3u])) - mean;
      let off = (v * scale + beta <= vec4f()) & vec4<bool>(p.relu == 1u);
      let h = select(vec4f(g[at], g[at + 1u], g[at + 2u], g[at + 3u]), vec4f(), off);
      along += h * v;
      sums += h;
    }
    for (; q < p.P; q++) {
      let v = f32(x[plane + q]) - mean;
      let h = select(g[plane + q], 0.0, v * scale + beta <= 0.0 && p.relu == 1u);
      along.x += h * v;
      sums.x += h;
    }
  }
  part[2u * chunk * p.C + c] = coef[p.C + c] * ((along.x + along.y) + (along.z + along.w));
  part[(2u * chunk + 1u) * p.C + c] = (sums.x + sums.y) + (sums.z + sums.w);
}
