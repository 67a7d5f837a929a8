// C = A B for A or its transpose (TA) and B or its transpose (TB): 16 rows x 16 columns a lane, the loads of A shared by a subgroup.
// a: f32[M*K]   b: f32[K*N]   ->  c: f32[M,N]
// grid [N/(16*WG), M/16]: all lanes of a workgroup have the same rows, so a lane loads a quarter of A's block and the others get it by
// broadcast. Per four terms and 1,024 multiply-adds a lane loads 4 vec4 of A and 16 of B, and receives 16: 80 loaded floats; without the
// sharing it would be 128. For adapters on which loads cost most and long straight code does not spill (SwiftShader).
// Requires K % 4 = 0, N % 4 = 0, with TA also M % 4 = 0, and at least four lanes in a subgroup.
enable subgroups;
//#import product
override WG: u32 = 8u;
struct Params { M: u32, N: u32, K: u32, x0: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> c: array<vec4f>;

// Where this lane's share of four rows (with TA: of four terms) starts.
fn a_start(row: u32, quarter: u32) -> u32 {
  let k = min(row + quarter, p.M - 1u) * (p.K / 4u);
  return select(k, min(row, p.M - 4u) / 4u + quarter * (p.M / 4u), TA);
}

// Four terms of four rows, a row a column of the matrix.
fn a_block(at: u32) -> mat4x4f {
  let v = a[at];
  let m = mat4x4f(subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u));
  if (TA) { return transpose(m); }
  return m;
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let row = (wid.y + p.y0) * 16u;
  let j = ((wid.x + p.x0) * WG + lane) * 4u;
  let quarter = sub & 3u;
  var i0 = a_start(row, quarter);
  var i1 = a_start(row + 4u, quarter);
  var i2 = a_start(row + 8u, quarter);
  var i3 = a_start(row + 12u, quarter);
  var j0 = b_start(j);
  var j1 = b_start(j + 1u);
  var j2 = b_start(j + 2u);
  var j3 = b_start(j + 3u);
  let a_step = select(1u, p.M, TA);
  let stride = b_stride();
  let step = b_step();
  var c00 = mat4x4f(); var c01 = mat4x4f(); var c02 = mat4x4f(); var c03 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f(); var c12 = mat4x4f(); var c13 = mat4x4f();
  var c20 = mat4x4f(); var c21 = mat4x4f(); var c22 = mat4x4f(); var c23 = mat4x4f();
  var c30 = mat4x4f(); var c31 = mat4x4f(); var c32 = mat4x4f(); var c33 = mat4x4f();
  for (var k = 0u; k < p.K; k += 4u) {
    let b0 = b_block(j0, stride);
    let b1 = b_block(j1, stride);
    let b2 = b_block(j2, stride);
    let b3 = b_block(j3, stride);
    let a0 = a_block(i0); c00 += b0 * a0; c01 += b1 * a0; c02 += b2 * a0; c03 += b3 * a0;
    let a1 = a_block(i1); c10 += b0 * a1; c11 += b1 * a1; c12 += b2 * a1; c13 += b3 * a1;
    let a2 = a_block(i2); c20 += b0 * a2; c21 += b1 * a2; c22 += b2 * a2; c23 += b3 * a2;
    let a3 = a_block(i3); c30 += b0 * a3; c31 += b1 * a3; c32 += b2 * a3; c33 += b3 * a3;
    i0 += a_step; i1 += a_step; i2 += a_step; i3 += a_step;
    j0 += step; j1 += step; j2 += step; j3 += step;
  }
  store_block(row, j, c00); store_block(row, j + 1u, c01); store_block(row, j + 2u, c02); store_block(row, j + 3u, c03);
  store_block(row + 4u, j, c10); store_block(row + 4u, j + 1u, c11); store_block(row + 4u, j + 2u, c12); store_block(row + 4u, j + 3u, c13);
  store_block(row + 8u, j, c20); store_block(row + 8u, j + 1u, c21); store_block(row + 8u, j + 2u, c22); store_block(row + 8u, j + 3u, c23);
  store_block(row + 12u, j, c30); store_block(row + 12u, j + 1u, c31); store_block(row + 12u, j + 2u, c32); store_block(row + 12u, j + 3u, c33);
}
