// y[b,m,t] = (log(floor + sum over f of mel[m,f] (re[b,f,t]^2 + im[b,f,t]^2)) + shift) scale: log-mel spectra of frames (Davis and Mermelstein 1980)
// spectrum: f32[B,2*F,T] (real parts, then imaginary)   mel: f32[M,F]   range: f32[M,2] (first bin of a band, and the one after its last)
// ->  y: f32[B,M,T]
// grid [B*M*T/64]: one number an invocation. Reads the bins of its band alone: a triangle covers a few of all. Requires range within 0..F.
override WG: u32 = 64u;
struct Params { B: u32, M: u32, F: u32, T: u32, floor: f32, shift: f32, scale: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> spectrum: array<f32>;
@group(0) @binding(2) var<storage, read> mel: array<f32>;
@group(0) @binding(3) var<storage, read> range: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * WG + lane;
  if (i >= p.B * p.M * p.T) { return; }
  let t = i % p.T;
  let m = i / p.T % p.M;
  let start = i / (p.T * p.M) * 2u * p.F * p.T + t;
  var power = p.floor;
  for (var f = u32(range[2u * m]); f < u32(range[2u * m + 1u]); f++) {
    let re = spectrum[start + f * p.T];
    let im = spectrum[start + (p.F + f) * p.T];
    power += mel[m * p.F + f] * (re * re + im * im);
  }
  y[i] = (log(power) + p.shift) * p.scale;
}
