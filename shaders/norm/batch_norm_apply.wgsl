// y[b,c,q] = (x[b,c,q] - mean) * scale + beta, then max(., 0) if relu = 1; coef[:,c] = (mean, r, scale, beta). NaN stays NaN.
// x: act[B,C,P]   coef: f32[4,C]   ->  y: act[B,C,P]
// grid [B*C*L/64]: L lanes (a power of two) walk one plane together, so a channel's coefficients are loaded once for many pixels.
//#import act
override WG: u32 = 64u;
struct Params { B: u32, C: u32, P: u32, L: u32, relu: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<Act>;
@group(0) @binding(2) var<storage, read> coef: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<Act>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * WG + lane;
  let plane = i / p.L;
  if (plane >= p.B * p.C) { return; }
  let c = plane % p.C;
  let mean = coef[c];
  let scale = coef[2u * p.C + c];
  let beta = coef[3u * p.C + c];
  let start = plane * p.P;
  let end = start + p.P;
  let lowest = select(-3e38, 0.0, p.relu == 1u);
  var at = start + i % p.L;
  for (; at + 3u * p.L < end; at += 4u * p.L) { // four a turn: loads overlap
    let b = at + p.L;
    let e = b + p.L;
    let f = e + p.L;
    let v = (vec4f(vec4<Act>(x[at], x[b], x[e], x[f])) - mean) * scale + beta;
    let r = select(v, vec4f(), v < vec4f(lowest));
    y[at] = Act(r.x);
    y[b] = Act(r.y);
    y[e] = Act(r.z);
    y[f] = Act(r.w);
  }
  for (; at < end; at += p.L) {
    let v = (f32(x[at]) - mean) * scale + beta;
    y[at] = Act(select(v, 0.0, v < lowest));
  }
}
