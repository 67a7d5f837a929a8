// own[b] = bank[index[b]]: the positives of a batch, which the kernels that combine an anchor's parts then read as plain f32
// bank: f32[N,D]   index: u32[B]   ->   own: f32[B,D]
// grid [B*D/4/WG]: four columns an invocation. A row number of N or more (a view that a sample lacks) gives zeros.
// Requires D % 4 = 0.
//#import bank_read
override WG: u32 = 64u;
struct Params { B: u32, N: u32, D: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> bank: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> own: array<vec4<f32>>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let d = p.D / 4u;
  let i = (wid.x + p.x0) * WG + lane;
  if (i >= p.B * d) { return; }
  let row = index[i / d];
  own[i] = select(vec4<f32>(0.0), bank_read(min(row, p.N - 1u) * d + i % d), row < p.N);
}
