// C = A B for A or its transpose (TA) and B or its transpose (TB): 16 rows x 4 columns a lane, the loads of A shared by eight lanes.
// a: f32[M*K]   b: f32[K*N]   ->  c: f32[M,N]
// grid [N/(4*WG), M/16]: all lanes of a workgroup have the same rows, so a lane loads an eighth of A's block and the others get it by
// broadcast. Per four terms and 256 multiply-adds a lane loads 2 vec4 of A and 4 of B, and receives 16. The 64 sums are few enough for
// compilers that hoist all loads of a turn (lavapipe), on which matmul_sub16 spills.
// Requires K % 4 = 0, N % 4 = 0, with TA also M % 4 = 0, and at least eight lanes in a subgroup.
enable subgroups;
//#import product
override WG: u32 = 8u;
struct Params { M: u32, N: u32, K: u32, x0: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> c: array<vec4f>;

// Where this lane's share of eight rows starts: one of them or, with TA, one of four terms of half of them.
fn a_start(row: u32, eighth: u32) -> u32 {
  let k = min(row + eighth, p.M - 1u) * (p.K / 4u);
  return select(k, min(row / 4u + (eighth >> 2u), p.M / 4u - 1u) + (eighth & 3u) * (p.M / 4u), TA);
}

// Four terms of four rows, a row a column of the matrix: from the shares of the lanes 0 to 3, and 4 to 7.
fn a_low(v: vec4f) -> mat4x4f {
  let m = mat4x4f(subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u));
  if (TA) { return transpose(m); }
  return m;
}

fn a_high(v: vec4f) -> mat4x4f {
  let m = mat4x4f(subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u));
  if (TA) { return transpose(m); }
  return m;
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let row = (wid.y + p.y0) * 16u;
  let j = (wid.x + p.x0) * WG + lane;
  var i0 = a_start(row, sub & 7u);
  var i1 = a_start(row + 8u, sub & 7u);
  var at = b_start(j);
  let a_step = select(1u, p.M, TA);
  let stride = b_stride();
  let step = b_step();
  var c0 = mat4x4f(); var c1 = mat4x4f(); var c2 = mat4x4f(); var c3 = mat4x4f();
  for (var k = 0u; k < p.K; k += 4u) {
    let terms = b_block(at, stride);
    let above = a[i0];
    c0 += terms * a_low(above);
    c1 += terms * a_high(above);
    let below = a[i1];
    c2 += terms * a_low(below);
    c3 += terms * a_high(below);
    i0 += a_step; i1 += a_step; at += step;
  }
  store_block(row, j, c0);
  store_block(row + 4u, j, c1);
  store_block(row + 8u, j, c2);
  store_block(row + 12u, j, c3);
}
