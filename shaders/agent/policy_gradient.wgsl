// Loss of a policy softmax(x[r]) that took action[r], and its entropy H (Williams 1992; Mnih et al. 2016, arXiv:1602.01783):
//   row = share (-advantage ln pi(action) - beta H)   dx_c = share (advantage (pi_c - [c = action]) + beta pi_c (ln pi_c + H))
// x: f32[R,A]   action: u32[R] (A or more: no action was taken, nothing counts)   advantage: f32[R]
//   ->  row: f32[R]   entropy: f32[R] (share H, in nats)   dx: f32[R,A]
// grid [R/64]: one invocation a row.
override WG: u32 = 64u;
struct Params { R: u32, A: u32, share: f32, beta: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> action: array<u32>;
@group(0) @binding(3) var<storage, read> advantage: array<f32>;
@group(0) @binding(4) var<storage, read_write> row: array<f32>;
@group(0) @binding(5) var<storage, read_write> entropy: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let r = (wid.x + p.x0) * WG + lane;
  if (r >= p.R) { return; }
  let start = r * p.A;
  let own = action[r];
  if (own >= p.A) {
    for (var c = 0u; c < p.A; c++) { dx[start + c] = 0.0; }
    row[r] = 0.0;
    entropy[r] = 0.0;
    return;
  }
  var top = x[start];
  for (var c = 1u; c < p.A; c++) { top = max(top, x[start + c]); }
  var total = 0.0;
  for (var c = 0u; c < p.A; c++) { total += exp(x[start + c] - top); }
  let level = top + log(total);
  var h = 0.0;
  for (var c = 0u; c < p.A; c++) { h -= exp(x[start + c] - level) * (x[start + c] - level); }
  for (var c = 0u; c < p.A; c++) {
    let log_pi = x[start + c] - level;
    let pi = exp(log_pi);
    dx[start + c] = p.share * (advantage[r] * (pi - select(0.0, 1.0, c == own)) + p.beta * pi * (log_pi + h));
  }
  row[r] = p.share * (-advantage[r] * (x[start + own] - level) - p.beta * h);
  entropy[r] = p.share * h;
}
