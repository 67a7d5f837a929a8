// row[b] = log sum_c exp x[b,c] - x[b,label]; dx[b,c] = (softmax(x[b])[c] - [c = label]) / B: gradient of the mean over the batch
// x: f32[B,C]   label: u32[B]   ->  row: f32[B]   dx: f32[B,C]
// grid [B/64]: one invocation a row. The label's own entry is minus the sum of the others, so nothing cancels as p -> 1.
// Requires label < C: the op or the loader checks it.
override WG: u32 = 64u;
struct Params { B: u32, C: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> label: array<u32>;
@group(0) @binding(3) var<storage, read_write> row: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;

/// log(1 + v) for v >= 0: the series where 1 + v would round v away.
fn log1p(v: f32) -> f32 { return select(log(1.0 + v), v * (1.0 - v * (0.5 - v * (1.0 / 3.0))), v < 0.01); }

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let b = (wid.x + p.x0) * WG + lane;
  if (b >= p.B) { return; }
  let start = b * p.C;
  let own = label[b];
  var top = x[start];
  for (var c = 1u; c < p.C; c++) { top = max(top, x[start + c]); }
  var others = 0.0;
  for (var c = 0u; c < p.C; c++) { others += select(exp(x[start + c] - top), 0.0, c == own); }
  let mine = exp(x[start + own] - top);
  let total = others + mine;
  let weight = 1.0 / (total * f32(p.B));
  for (var c = 0u; c < p.C; c++) { dx[start + c] = exp(x[start + c] - top) * weight; }
  dx[start + own] = -others * weight;
  // log(total) - (x - top), through log1p(others / mine) unless the label's own share has underflowed
  row[b] = select(log(total) - (x[start + own] - top), log1p(others / max(mine, 1e-30)), mine > 1e-20);
}
