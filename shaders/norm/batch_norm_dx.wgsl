// dx = scale * (h - dbeta/n - xhat * dgamma/n),  n = B*P, xhat = (x - mean) * r, h = g or g * [y > 0] if relu = 1; coef[:,c] as in
// batch_norm_apply.wgsl.     Ioffe & Szegedy 2015, section 3
// x: act[B,C,P]   coef: f32[4,C]   g: f32[B,C,P]   dgamma: f32[C]   dbeta: f32[C]   ->  dx: f32[B,C,P]
// grid [B*C*L/64]: L lanes (a power of two) walk one plane together.
//#import act
override WG: u32 = 64u;
struct Params { B: u32, C: u32, P: u32, L: u32, relu: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<Act>;
@group(0) @binding(2) var<storage, read> coef: array<f32>;
@group(0) @binding(3) var<storage, read> g: array<f32>;
@group(0) @binding(4) var<storage, read> dgamma: array<f32>;
@group(0) @binding(5) var<storage, read> dbeta: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * WG + lane;
  let plane = i / p.L;
  if (plane >= p.B * p.C) { return; }
  let c = plane % p.C;
  let n = f32(p.B * p.P);
  let mean = coef[c];
  let scale = coef[2u * p.C + c];
  let beta = coef[3u * p.C + c];
  let along = coef[p.C + c] * dgamma[c] / n;
  let level = dbeta[c] / n;
  let start = plane * p.P;
  let end = start + p.P;
  let lowest = select(-3e38, 0.0, p.relu == 1u);
  var at = start + i % p.L;
  for (; at + 3u * p.L < end; at += 4u * p.L) { // four a turn: loads overlap
    let b = at + p.L;
    let e = b + p.L;
    let f = e + p.L;
    let v = vec4f(vec4<Act>(x[at], x[b], x[e], x[f])) - mean;
    let h = select(vec4f(g[at], g[b], g[e], g[f]), vec4f(), v * scale + beta <= vec4f(lowest));
    let r = scale * (h - level - v * along);
    dx[at] = r.x;
    dx[b] = r.y;
    dx[e] = r.z;
    dx[f] = r.w;
  }
  for (; at < end; at += p.L) {
    let v = f32(x[at]) - mean;
    let h = select(g[at], 0.0, v * scale + beta <= lowest);
    dx[at] = scale * (h - level - v * along);
  }
}
