// row[b,q] = share (log sum_c exp x[b,c,q] - x[b,label,q]); dx[b,c,q] = share (softmax(x[b,:,q])[c] - [c = label]); 0 where label >= C
// x: f32[B,C,P]   label: u32[B,P]   share: f32[1]   ->  row: f32[B,P]   dx: f32[B,C,P]        share: label_share.wgsl
// grid [B*P/64]: one invocation a pixel. The label's own entry is minus the sum of the others, so nothing cancels as p -> 1.
//#import stable
override WG: u32 = 64u;
struct Params { B: u32, C: u32, P: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> label: array<u32>;
@group(0) @binding(3) var<storage, read> share: array<f32>;
@group(0) @binding(4) var<storage, read_write> row: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * WG + lane;
  if (i >= p.B * p.P) { return; }
  let start = i / p.P * (p.C * p.P) + i % p.P;
  let end = start + p.C * p.P;
  let own = start + label[i] * p.P;
  if (label[i] >= p.C) {
    row[i] = 0.0;
    for (var at = start; at < end; at += p.P) { dx[at] = 0.0; }
    return;
  }
  var top = x[start];
  for (var at = start; at < end; at += p.P) { top = max(top, x[at]); }
  var others = 0.0;
  for (var at = start; at < end; at += p.P) { others += select(exp(x[at] - top), 0.0, at == own); }
  let mine = exp(x[own] - top);
  let total = others + mine;
  let weight = share[0] / total;
  for (var at = start; at < end; at += p.P) { dx[at] = exp(x[at] - top) * weight; }
  dx[own] = -others * weight;
  // log(total) - (x - top), through log1p(others / mine) unless the label's own share has underflowed
  row[i] = share[0] * select(log(total) - (x[own] - top), log1p(others / max(mine, 1e-30)), mine > 1e-20);
}
