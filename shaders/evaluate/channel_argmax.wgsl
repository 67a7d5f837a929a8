// best[b,q] = argmax_c x[b,c,q]; of equal ones the first
// x: f32[B,C,P]   ->  best: u32[B,P]
// grid [B*P/64]: one invocation a pixel.
override WG: u32 = 64u;
struct Params { B: u32, C: u32, P: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> best: array<u32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * WG + lane;
  if (i >= p.B * p.P) { return; }
  let start = i / p.P * (p.C * p.P) + i % p.P;
  var top = x[start];
  var winner = 0u;
  for (var c = 1u; c < p.C; c++) {
    let value = x[start + c * p.P];
    if (value > top) {
      top = value;
      winner = c;
    }
  }
  best[i] = winner;
}
