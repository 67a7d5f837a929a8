// y[b,:] = x[b,:] * inverse[b],  inverse[b] = 1 / max(|x[b,:]|, 1e-12)           as torch.nn.functional.normalize
// x: f32[B,D]   ->  y: f32[B,D]   inverse: f32[B]
// grid [B/64]: one invocation a row, four chains of additions in a fixed order.
override WG: u32 = 64u;
struct Params { B: u32, D: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> inverse: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let b = (wid.x + p.x0) * WG + lane;
  if (b >= p.B) { return; }
  let start = b * p.D;
  let end = start + p.D;
  var sums = vec4f();
  var i = start;
  for (; i + 4u <= end; i += 4u) {
    let v = vec4f(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
    sums += v * v;
  }
  var sum = (sums.x + sums.y) + (sums.z + sums.w);
  for (; i < end; i++) { sum += x[i] * x[i]; }
  let scale = 1.0 / max(sqrt(sum), 1e-12);
  for (i = start; i < end; i++) { y[i] = x[i] * scale; }
  inverse[b] = scale;
}
