// y[n,v,u] = bilinear mean of the four x[n] around ((v + 1/2) H / OH - 1/2, (u + 1/2) W / OW - 1/2), the edge repeated
// x: f32[N,H,W]   ->  y: f32[N,OH,OW]        N: images times channels. As torch's interpolate: bilinear, align_corners false, no antialiasing
// grid [N*OH*OW/64]: one invocation an output. Positions are whole fractions of 2 OH, so that nothing is rounded to the wrong pixel.
// Requires (2 OH + 1) H < 2^32, likewise in width.
override WG: u32 = 64u;
struct Params { N: u32, H: u32, W: u32, OH: u32, OW: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

struct Taps { low: u32, high: u32, part: f32 }

/// The two inputs of `size` around output i of `out`, and how much of the second.
fn taps(i: u32, size: u32, out: u32) -> Taps {
  let place = max((2u * i + 1u) * size, out) - out; // in 1 / (2 out)
  let low = place / (2u * out);
  return Taps(low, min(low + 1u, size - 1u), f32(place % (2u * out)) / f32(2u * out));
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * WG + lane;
  if (i >= p.N * p.OH * p.OW) { return; }
  let plane = i / (p.OH * p.OW) * (p.H * p.W);
  let v = taps(i / p.OW % p.OH, p.H, p.OH);
  let u = taps(i % p.OW, p.W, p.OW);
  let above = mix(x[plane + v.low * p.W + u.low], x[plane + v.low * p.W + u.high], u.part);
  let below = mix(x[plane + v.high * p.W + u.low], x[plane + v.high * p.W + u.high], u.part);
  y[i] = mix(above, below, v.part);
}
