// y[b,(gy,gx),c,(i,j)] = x[b,c,gy*S+i,gx*S+j]: overlapping patches of P x P pixels, S apart, in reading order
// van den Oord, Li, Vinyals 2018 (arXiv:1807.03748), section 3.2: a 7 x 7 grid of 64 pixels, 32 apart.
// x: f32[B,C,H,W]   ->  y: f32[B,GY*GX,C,P*P]
// grid [B*GY*GX*C*P*P/256]: four pixels an invocation, WG apart. Requires (GY-1)*S+P <= H, (GX-1)*S+P <= W.
override WG: u32 = 64u;
struct Params { B: u32, C: u32, H: u32, W: u32, GY: u32, GX: u32, P: u32, S: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = first; i < min(first + 4u * WG, p.B * p.GY * p.GX * p.C * p.P * p.P); i += WG) {
    let plane = i / (p.P * p.P);
    let cell = plane / p.C;
    let row = cell / p.GX % p.GY * p.S + i / p.P % p.P;
    let column = cell % p.GX * p.S + i % p.P;
    y[i] = x[((cell / (p.GX * p.GY) * p.C + plane % p.C) * p.H + row) * p.W + column];
  }
}
