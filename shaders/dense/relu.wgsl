// y[i] = max(x[i], 0). NaN stays NaN: a diverged run must not look like a dead one.
// x: act[N]   ->  y: act[N]
// grid [N/256]: four elements an invocation, WG apart.
//#import act
override WG: u32 = 64u;
struct Params { N: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<Act>;
@group(0) @binding(2) var<storage, read_write> y: array<Act>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = first; i < min(first + 4u * WG, p.N); i += WG) {
    let v = f32(x[i]);
    y[i] = Act(select(v, 0.0, v < 0.0));
  }
}
