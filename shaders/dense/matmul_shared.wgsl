// c[s,i,j] = sum over the terms k of split s of A[i,k] B[k,j], A[i,k] = a[i*ai + k*ak], B[k,j] = b[k*bk + j*bj]; sum_splits.wgsl adds the S parts
// a: f32[M*K]   b: f32[K*N]   ->  c: f32[S,M,N]
// grid [N/64, M/64, S]: the form for GPUs, a tile of 64 x 64 through workgroup memory (lib/tile64.wgsl): 32 multiply-adds a float from memory,
// where a plain 8 x 8 tile has 4. Lanes load along the contiguous axis (ALONG_A, ALONG_B: 1 when that is k), so loads coalesce. Few tiles: K is
// split, so that all cores have work. Requires per % 16 = 0. Not measured on a GPU yet; on software adapters workgroup memory is dearer than memory, and it loses.
//#import tile64
override ALONG_A: u32 = 1u;
override ALONG_B: u32 = 0u;
struct Params { M: u32, N: u32, K: u32, ai: u32, ak: u32, bk: u32, bj: u32, S: u32, per: u32, x0: u32, y0: u32, z0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

// The term and the vector that a lane loads in round r of four: lanes run along the axis that is contiguous in memory.
fn term_of(lane: u32, r: u32, along: u32) -> u32 { return select(lane / 16u + 4u * r, lane % 16u, along == 1u); }
fn vector_of(lane: u32, r: u32, along: u32) -> u32 { return select(lane % 16u, lane / 16u + 4u * r, along == 1u); }

fn a4(row: u32, k: u32, end: u32) -> vec4f {
  let i = min(row + vec4u(0u, 1u, 2u, 3u), vec4u(p.M - 1u)) * p.ai + min(k, p.K - 1u) * p.ak;
  return select(vec4f(), vec4f(a[i.x], a[i.y], a[i.z], a[i.w]), k < end);
}

fn b4(column: u32, k: u32, end: u32) -> vec4f {
  let j = min(column + vec4u(0u, 1u, 2u, 3u), vec4u(p.N - 1u)) * p.bj + min(k, p.K - 1u) * p.bk;
  return select(vec4f(), vec4f(b[j.x], b[j.y], b[j.z], b[j.w]), k < end);
}

fn store(split: u32, row: u32, column: u32, v: vec4f) {
  if (row >= p.M) { return; }
  let at = (split * p.M + row) * p.N + column;
  if (column < p.N) { c[at] = v.x; }
  if (column + 1u < p.N) { c[at + 1u] = v.y; }
  if (column + 2u < p.N) { c[at + 2u] = v.z; }
  if (column + 3u < p.N) { c[at + 3u] = v.w; }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = (wid.x + p.x0) * 64u;
  let row = (wid.y + p.y0) * 64u;
  let split = wid.z + p.z0;
  let end = min((split + 1u) * p.per, p.K);
  var s = Sums();
  for (var k = split * p.per; k < end; k += 16u) {
    workgroupBarrier();
    for (var r = 0u; r < 4u; r++) {
      let ak = term_of(lane, r, ALONG_A);
      let i = vector_of(lane, r, ALONG_A);
      left[ak * ROW + i] = a4(row + 4u * i, k + ak, end);
      let bk = term_of(lane, r, ALONG_B);
      let j = vector_of(lane, r, ALONG_B);
      right[bk * ROW + j] = b4(column + 4u * j, k + bk, end);
    }
    workgroupBarrier();
    multiply(&s, lane);
  }
  put(s, split, row, column, lane);
}
