// c[i,j] = sum_k A[i,k] B[k,j], where A[i,k] = a[i*ai + k*ak] and B[k,j] = b[k*bk + j*bj]: the strides spell NN, NT and TN.
// a: f32[M*K]   b: f32[K*N]   ->  c: f32[M,N]
// grid [tiles/32]: one invocation computes 8 rows x 8 columns in registers, four terms a turn as mat4x4 * vec4. Its columns lie
// N/8 apart, so that neighbouring lanes read neighbouring columns. Edges: clamped base indices, guarded stores.
override WG: u32 = 32u;
struct Params { M: u32, N: u32, K: u32, ai: u32, ak: u32, bk: u32, bj: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

fn a4(i: u32) -> vec4f { return vec4f(a[i], a[i + p.ak], a[i + 2u * p.ak], a[i + 3u * p.ak]); }
fn b4(j: vec4u) -> vec4f { return vec4f(b[j.x], b[j.y], b[j.z], b[j.w]); }

fn store(row: u32, column: vec4u, v: vec4f) {
  if (row >= p.M) { return; }
  if (column.x < p.N) { c[row * p.N + column.x] = v.x; }
  if (column.y < p.N) { c[row * p.N + column.y] = v.y; }
  if (column.z < p.N) { c[row * p.N + column.z] = v.z; }
  if (column.w < p.N) { c[row * p.N + column.w] = v.w; }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tiles = (p.N + 7u) / 8u; // along a row of C
  let tile = (wid.x + p.x0) * WG + lane;
  let row = tile / tiles * 8u;
  if (row >= p.M) { return; }
  let left = tile % tiles + vec4u(0u, 1u, 2u, 3u) * tiles;
  let right = left + 4u * tiles;
  var jl = min(left, vec4u(p.N - 1u)) * p.bj;
  var jr = min(right, vec4u(p.N - 1u)) * p.bj;
  var il = min(row + vec4u(0u, 1u, 2u, 3u), vec4u(p.M - 1u)) * p.ai;
  var ir = min(row + vec4u(4u, 5u, 6u, 7u), vec4u(p.M - 1u)) * p.ai;
  var l0 = vec4f(); var l1 = vec4f(); var l2 = vec4f(); var l3 = vec4f(); var l4 = vec4f(); var l5 = vec4f(); var l6 = vec4f(); var l7 = vec4f();
  var r0 = vec4f(); var r1 = vec4f(); var r2 = vec4f(); var r3 = vec4f(); var r4 = vec4f(); var r5 = vec4f(); var r6 = vec4f(); var r7 = vec4f();
  var k = 0u;
  for (; k + 4u <= p.K; k += 4u) {
    let bl = mat4x4f(b4(jl), b4(jl + p.bk), b4(jl + 2u * p.bk), b4(jl + 3u * p.bk));
    let br = mat4x4f(b4(jr), b4(jr + p.bk), b4(jr + 2u * p.bk), b4(jr + 3u * p.bk));
    let a0 = a4(il.x); l0 += bl * a0; r0 += br * a0;
    let a1 = a4(il.y); l1 += bl * a1; r1 += br * a1;
    let a2 = a4(il.z); l2 += bl * a2; r2 += br * a2;
    let a3 = a4(il.w); l3 += bl * a3; r3 += br * a3;
    let a4_ = a4(ir.x); l4 += bl * a4_; r4 += br * a4_;
    let a5 = a4(ir.y); l5 += bl * a5; r5 += br * a5;
    let a6 = a4(ir.z); l6 += bl * a6; r6 += br * a6;
    let a7 = a4(ir.w); l7 += bl * a7; r7 += br * a7;
    jl += 4u * p.bk; jr += 4u * p.bk; il += 4u * p.ak; ir += 4u * p.ak;
  }
  for (; k < p.K; k++) {
    let bl = b4(jl);
    let br = b4(jr);
    let a0 = a[il.x]; l0 += bl * a0; r0 += br * a0;
    let a1 = a[il.y]; l1 += bl * a1; r1 += br * a1;
    let a2 = a[il.z]; l2 += bl * a2; r2 += br * a2;
    let a3 = a[il.w]; l3 += bl * a3; r3 += br * a3;
    let a4_ = a[ir.x]; l4 += bl * a4_; r4 += br * a4_;
    let a5 = a[ir.y]; l5 += bl * a5; r5 += br * a5;
    let a6 = a[ir.z]; l6 += bl * a6; r6 += br * a6;
    let a7 = a[ir.w]; l7 += bl * a7; r7 += br * a7;
    jl += p.bk; jr += p.bk; il += p.ak; ir += p.ak;
  }
  store(row, left, l0); store(row, right, r0);
  store(row + 1u, left, l1); store(row + 1u, right, r1);
  store(row + 2u, left, l2); store(row + 2u, right, r2);
  store(row + 3u, left, l3); store(row + 3u, right, r3);
  store(row + 4u, left, l4); store(row + 4u, right, r4);
  store(row + 5u, left, l5); store(row + 5u, right, r5);
  store(row + 6u, left, l6); store(row + 6u, right, r6);
  store(row + 7u, left, l7); store(row + 7u, right, r7);
}
