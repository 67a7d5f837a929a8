// C = A B for A or its transpose (TA): 32 rows x 16 columns a lane, the loads of A shared by four lanes.
// a: f32[M*K]   b: f32[K*N]   ->  c: f32[M,N]
// grid [N/(16*WG), M/32]: all lanes of a workgroup have the same rows, so a lane loads a quarter of A's block and its neighbours get it by
// broadcast. Per four terms and 2,048 multiply-adds a lane loads 8 vec4 of A and 16 of B, which is half of what matmul_sub16 loads of B;
// sixteen numbers next to each other are one element, so that their place is checked once. Twice the code: it compiles half as fast.
// Requires K % 4 = 0, N % 16 = 0, M*K % 16 = 0, with TA also M % 16 = 0, and at least four lanes in a subgroup.
enable subgroups;
//#import product_store
override WG: u32 = 8u;
override TA: bool = false;
struct Params { M: u32, N: u32, K: u32, x0: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<mat4x4f>;
@group(0) @binding(2) var<storage, read> b: array<mat4x4f>;
@group(0) @binding(3) var<storage, read_write> c: array<vec4f>;

// This lane's share of sixteen rows: four terms of four rows or, with TA, one term of all. Rows past the last: the last again, not stored.
fn a_share(row: u32, k: u32, quarter: u32) -> mat4x4f {
  if (TA) { return a[(k + quarter) * (p.M / 16u) + min(row / 16u, p.M / 16u - 1u)]; }
  let last = p.M - 1u;
  let d = p.K / 4u;
  let r = row + quarter;
  return mat4x4f(
    a_four(min(r, last) * d + k / 4u), a_four(min(r + 4u, last) * d + k / 4u), a_four(min(r + 8u, last) * d + k / 4u), a_four(min(r + 12u, last) * d + k / 4u),
  );
}

fn a_four(at: u32) -> vec4f { return a[at / 4u][at % 4u]; }

// Four terms of four rows, a row a column of the matrix.
fn a_block(v: vec4f) -> mat4x4f {
  let m = mat4x4f(quadBroadcast(v, 0u), quadBroadcast(v, 1u), quadBroadcast(v, 2u), quadBroadcast(v, 3u));
  if (TA) { return transpose(m); }
  return m;
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let row = (wid.y + p.y0) * 32u;
  let j = (wid.x + p.x0) * WG + lane; // which sixteen columns
  let stride = p.N / 16u;
  var at = min(j, stride - 1u);
  var c00 = mat4x4f(); var c01 = mat4x4f(); var c02 = mat4x4f(); var c03 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f(); var c12 = mat4x4f(); var c13 = mat4x4f();
  var c20 = mat4x4f(); var c21 = mat4x4f(); var c22 = mat4x4f(); var c23 = mat4x4f();
  var c30 = mat4x4f(); var c31 = mat4x4f(); var c32 = mat4x4f(); var c33 = mat4x4f();
  var c40 = mat4x4f(); var c41 = mat4x4f(); var c42 = mat4x4f(); var c43 = mat4x4f();
  var c50 = mat4x4f(); var c51 = mat4x4f(); var c52 = mat4x4f(); var c53 = mat4x4f();
  var c60 = mat4x4f(); var c61 = mat4x4f(); var c62 = mat4x4f(); var c63 = mat4x4f();
  var c70 = mat4x4f(); var c71 = mat4x4f(); var c72 = mat4x4f(); var c73 = mat4x4f();
  for (var k = 0u; k < p.K; k += 4u) {
    let t0 = b[at];
    let t1 = b[at + stride];
    let t2 = b[at + 2u * stride];
    let t3 = b[at + 3u * stride];
    let b0 = mat4x4f(t0[0], t1[0], t2[0], t3[0]);
    let b1 = mat4x4f(t0[1], t1[1], t2[1], t3[1]);
    let b2 = mat4x4f(t0[2], t1[2], t2[2], t3[2]);
    let b3 = mat4x4f(t0[3], t1[3], t2[3], t3[3]);
    let above = a_share(row, k, sub & 3u);
    let a0 = a_block(above[0]); c00 += b0 * a0; c01 += b1 * a0; c02 += b2 * a0; c03 += b3 * a0;
    let a1 = a_block(above[1]); c10 += b0 * a1; c11 += b1 * a1; c12 += b2 * a1; c13 += b3 * a1;
    let a2 = a_block(above[2]); c20 += b0 * a2; c21 += b1 * a2; c22 += b2 * a2; c23 += b3 * a2;
    let a3 = a_block(above[3]); c30 += b0 * a3; c31 += b1 * a3; c32 += b2 * a3; c33 += b3 * a3;
    let below = a_share(row + 16u, k, sub & 3u);
    let a4 = a_block(below[0]); c40 += b0 * a4; c41 += b1 * a4; c42 += b2 * a4; c43 += b3 * a4;
    let a5 = a_block(below[1]); c50 += b0 * a5; c51 += b1 * a5; c52 += b2 * a5; c53 += b3 * a5;
    let a6 = a_block(below[2]); c60 += b0 * a6; c61 += b1 * a6; c62 += b2 * a6; c63 += b3 * a6;
    let a7 = a_block(below[3]); c70 += b0 * a7; c71 += b1 * a7; c72 += b2 * a7; c73 += b3 * a7;
    at += 4u * stride;
  }
  store_block(row, 4u * j, c00); store_block(row, 4u * j + 1u, c01); store_block(row, 4u * j + 2u, c02); store_block(row, 4u * j + 3u, c03);
  store_block(row + 4u, 4u * j, c10); store_block(row + 4u, 4u * j + 1u, c11); store_block(row + 4u, 4u * j + 2u, c12); store_block(row + 4u, 4u * j + 3u, c13);
  store_block(row + 8u, 4u * j, c20); store_block(row + 8u, 4u * j + 1u, c21); store_block(row + 8u, 4u * j + 2u, c22); store_block(row + 8u, 4u * j + 3u, c23);
  store_block(row + 12u, 4u * j, c30); store_block(row + 12u, 4u * j + 1u, c31); store_block(row + 12u, 4u * j + 2u, c32); store_block(row + 12u, 4u * j + 3u, c33);
  store_block(row + 16u, 4u * j, c40); store_block(row + 16u, 4u * j + 1u, c41); store_block(row + 16u, 4u * j + 2u, c42); store_block(row + 16u, 4u * j + 3u, c43);
  store_block(row + 20u, 4u * j, c50); store_block(row + 20u, 4u * j + 1u, c51); store_block(row + 20u, 4u * j + 2u, c52); store_block(row + 20u, 4u * j + 3u, c53);
  store_block(row + 24u, 4u * j, c60); store_block(row + 24u, 4u * j + 1u, c61); store_block(row + 24u, 4u * j + 2u, c62); store_block(row + 24u, 4u * j + 3u, c63);
  store_block(row + 28u, 4u * j, c70); store_block(row + 28u, 4u * j + 1u, c71); store_block(row + 28u, 4u * j + 2u, c72); store_block(row + 28u, 4u * j + 3u, c73);
}
