// y[i] = twelve chains of multiply-adds, to find how fast this adapter can multiply and add. The values stay finite and are kept,
// so that no compiler can drop the work.
// y: f32[T]
// grid [T/64]: one invocation a value; R turns of 96 multiply-adds.
struct Params { T: u32, R: u32, a: f32, b: f32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= p.T) { return; }
  var s = vec4f(f32(id.x & 7u)) + vec4f(0.0, 1.0, 2.0, 3.0);
  var t = s + vec4f(0.5);
  var u = s + vec4f(0.25);
  for (var r = 0u; r < p.R; r++) {
    s = s * p.a + p.b; t = t * p.a + p.b; u = u * p.a + p.b;
    s = s * p.a + p.b; t = t * p.a + p.b; u = u * p.a + p.b;
    s = s * p.a + p.b; t = t * p.a + p.b; u = u * p.a + p.b;
    s = s * p.a + p.b; t = t * p.a + p.b; u = u * p.a + p.b;
    s = s * p.a + p.b; t = t * p.a + p.b; u = u * p.a + p.b;
    s = s * p.a + p.b; t = t * p.a + p.b; u = u * p.a + p.b;
    s = s * p.a + p.b; t = t * p.a + p.b; u = u * p.a + p.b;
    s = s * p.a + p.b; t = t * p.a + p.b; u = u * p.a + p.b;
  }
  let v = s + t + u;
  y[id.x] = v.x + v.y + v.z + v.w;
}
