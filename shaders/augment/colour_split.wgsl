// RGB as two views, lightness and colour, each standardised with the statistics of the published code (Tian, Krishnan, Isola 2020,
// arXiv:1906.05849): first[b] = (q_0 - mean_0) / std_0, second[b,c] = (q_c - mean_c) / std_c, c = 1, 2, where q is
//   Lab:    sRGB (IEC 61966-2-1) -> linear -> XYZ, D65 and 2 degrees -> CIELAB 1976; L 0 .. 100   (constants as in scikit-image's rgb2lab)
//   YCbCr:  ITU-R BT.601, studio range: Y 16 .. 235, Cb and Cr 16 .. 240                         (as in scikit-image's rgb2ycbcr)
// rgb: f32[B,3,P] (0 .. 1)   ->  first: f32[B,1,P]   second: f32[B,2,P]
// grid [P/256, B]: a lane converts four pixels, WG apart.
override WG: u32 = 64u;
override LAB: bool = true;        // or YCbCr
struct Params { B: u32, P: u32, x0: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> rgb: array<f32>;
@group(0) @binding(2) var<storage, read_write> first: array<f32>;
@group(0) @binding(3) var<storage, read_write> second: array<f32>;

// x^2.4 for x > 0, as x^2 times the square of a fifth root that one step of Newton's method makes exact: pow alone may be off by 2^-11 or so.
fn power_2_4(x: f32) -> f32 {
  var r = pow(x, 0.2);
  let r4 = r * r * r * r;
  r -= (r4 * r - x) / (5.0 * r4);
  return x * x * r * r;
}

fn linear(c: f32) -> f32 {
  if (c > 0.04045) { return power_2_4((c + 0.055) / 1.055); }
  return c / 12.92;
}

// CIELAB's f: a cube root, made exact likewise, and a line for the darkest.
fn lightness(t: f32) -> f32 {
  if (t <= 0.008856) { return 7.787 * t + 16.0 / 116.0; }
  let r = pow(t, 1.0 / 3.0);
  return r - (r * r * r - t) / (3.0 * r * r);
}

fn lab(c: vec3<f32>) -> vec3<f32> {
  let v = vec3<f32>(linear(c.x), linear(c.y), linear(c.z));
  let x = lightness(dot(v, vec3<f32>(0.412453, 0.357580, 0.180423)) / 0.95047);
  let y = lightness(dot(v, vec3<f32>(0.212671, 0.715160, 0.072169)));
  let z = lightness(dot(v, vec3<f32>(0.019334, 0.119193, 0.950227)) / 1.08883);
  let q = vec3<f32>(116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z));
  return (q - vec3<f32>(50.0, 6.025, -6.6895)) / vec3<f32>(50.0, 92.208, 101.1675);
}

fn ycbcr(c: vec3<f32>) -> vec3<f32> {
  let q = vec3<f32>(
    16.0 + dot(c, vec3<f32>(65.481, 128.553, 24.966)),
    128.0 + dot(c, vec3<f32>(-37.797, -74.203, 112.0)),
    128.0 + dot(c, vec3<f32>(112.0, -93.786, -18.214)));
  return (q - vec3<f32>(116.151, 121.080, 132.342)) / vec3<f32>(109.500, 111.855, 111.964);
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let b = wid.y + p.y0;
  let start = (wid.x + p.x0) * 4u * WG + lane;
  for (var i = start; i < min(start + 4u * WG, p.P); i += WG) {
    let at = 3u * b * p.P + i;
    let c = vec3<f32>(rgb[at], rgb[at + p.P], rgb[at + 2u * p.P]);
    var q = vec3<f32>();
    if (LAB) { q = lab(c); } else { q = ycbcr(c); }
    first[b * p.P + i] = q.x;
    second[2u * b * p.P + i] = q.y;
    second[(2u * b + 1u) * p.P + i] = q.z;
  }
}
