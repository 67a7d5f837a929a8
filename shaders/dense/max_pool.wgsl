// y[n,oy,ox] = max of x[n,u,v] over the window at (oy*stride - pad, ox*stride - pad); at = u*W + v of the first maximum
// x: act[N,H,W]   ->  y: act[N,OH,OW]   at: u32[N,OH,OW]        N: images times channels; padding never wins; a NaN does
// grid [N*OH*OW/64]: one invocation a window. Requires pad < K, so that every window has a pixel.
//#import act
override WG: u32 = 64u;
struct Params { N: u32, H: u32, W: u32, OH: u32, OW: u32, K: u32, stride: u32, pad: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<Act>;
@group(0) @binding(2) var<storage, read_write> y: array<Act>;
@group(0) @binding(3) var<storage, read_write> at: array<u32>;

fn isNan(v: f32) -> bool { return (bitcast<u32>(v) & 0x7fffffffu) > 0x7f800000u; }

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * WG + lane;
  if (i >= p.N * p.OH * p.OW) { return; }
  let plane = i / (p.OH * p.OW) * (p.H * p.W);
  let top = i / p.OW % p.OH * p.stride;
  let left = i % p.OW * p.stride;
  var best = 0.0;
  var found = 0xffffffffu;
  for (var row = max(top, p.pad) - p.pad; row < min(top + p.K - p.pad, p.H); row++) {
    for (var column = max(left, p.pad) - p.pad; column < min(left + p.K - p.pad, p.W); column++) {
      let v = f32(x[plane + row * p.W + column]);
      if (found == 0xffffffffu || v > best || (isNan(v) && !isNan(best))) {
        best = v;
        found = row * p.W + column;
      }
    }
  }
  y[i] = Act(best);
  at[i] = found;
}
