// sims[q,m] = unit_q[q] . unit_n[m]: cosine similarities of unit rows padded to fours
// unit_q: f32[Q,4*D4]   unit_n: f32[M,4*D4]   ->   sims: f32[Q,M/4,4]
// grid [ceil(M/8/WG), ceil(Q/8)]: an invocation computes 8 queries x 8 candidates in registers, four products a step: 256 multiply-adds
// for 64 loaded floats. The lanes of a workgroup share the queries. Loads cost 35 multiply-adds on a software adapter, so tiles
// are as large as its registers allow.
override WG: u32 = 32u;
struct Params { Q: u32, M: u32, D4: u32, x0: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> unit_q: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> unit_n: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> sims: array<vec4<f32>>;

fn dots(a: vec4<f32>, b0: vec4<f32>, b1: vec4<f32>, b2: vec4<f32>, b3: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(dot(a, b0), dot(a, b1), dot(a, b2), dot(a, b3));
}

// Rows beyond the last repeat it: their products are dropped, or fill the padding of a row of sims.
fn query(q: u32) -> u32 { return min(q, p.Q - 1u) * p.D4; }
fn candidate(m: u32) -> u32 { return min(m, p.M - 1u) * p.D4; }

fn put(q: u32, m: u32, value: vec4<f32>) {
  if (q >= p.Q || m >= p.M) { return; }
  sims[q * ((p.M + 3u) / 4u) + m / 4u] = value;
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let q = (wid.y + p.y0) * 8u;
  let m = ((wid.x + p.x0) * WG + lane) * 8u;
  if (m >= p.M) { return; }
  let q0 = query(q + 0u); let q1 = query(q + 1u); let q2 = query(q + 2u); let q3 = query(q + 3u);
  let q4 = query(q + 4u); let q5 = query(q + 5u); let q6 = query(q + 6u); let q7 = query(q + 7u);
  let n0 = candidate(m + 0u); let n1 = candidate(m + 1u); let n2 = candidate(m + 2u); let n3 = candidate(m + 3u);
  let n4 = candidate(m + 4u); let n5 = candidate(m + 5u); let n6 = candidate(m + 6u); let n7 = candidate(m + 7u);
  var s0_0 = vec4<f32>(); var s0_1 = vec4<f32>();
  var s1_0 = vec4<f32>(); var s1_1 = vec4<f32>();
  var s2_0 = vec4<f32>(); var s2_1 = vec4<f32>();
  var s3_0 = vec4<f32>(); var s3_1 = vec4<f32>();
  var s4_0 = vec4<f32>(); var s4_1 = vec4<f32>();
  var s5_0 = vec4<f32>(); var s5_1 = vec4<f32>();
  var s6_0 = vec4<f32>(); var s6_1 = vec4<f32>();
  var s7_0 = vec4<f32>(); var s7_1 = vec4<f32>();
  for (var d = 0u; d < p.D4; d++) {
    let b0 = unit_n[n0 + d]; let b1 = unit_n[n1 + d]; let b2 = unit_n[n2 + d]; let b3 = unit_n[n3 + d];
    let b4 = unit_n[n4 + d]; let b5 = unit_n[n5 + d]; let b6 = unit_n[n6 + d]; let b7 = unit_n[n7 + d];
    let a0 = unit_q[q0 + d];
    s0_0 += dots(a0, b0, b1, b2, b3);
    s0_1 += dots(a0, b4, b5, b6, b7);
    let a1 = unit_q[q1 + d];
    s1_0 += dots(a1, b0, b1, b2, b3);
    s1_1 += dots(a1, b4, b5, b6, b7);
    let a2 = unit_q[q2 + d];
    s2_0 += dots(a2, b0, b1, b2, b3);
    s2_1 += dots(a2, b4, b5, b6, b7);
    let a3 = unit_q[q3 + d];
    s3_0 += dots(a3, b0, b1, b2, b3);
    s3_1 += dots(a3, b4, b5, b6, b7);
    let a4 = unit_q[q4 + d];
    s4_0 += dots(a4, b0, b1, b2, b3);
    s4_1 += dots(a4, b4, b5, b6, b7);
    let a5 = unit_q[q5 + d];
    s5_0 += dots(a5, b0, b1, b2, b3);
    s5_1 += dots(a5, b4, b5, b6, b7);
    let a6 = unit_q[q6 + d];
    s6_0 += dots(a6, b0, b1, b2, b3);
    s6_1 += dots(a6, b4, b5, b6, b7);
    let a7 = unit_q[q7 + d];
    s7_0 += dots(a7, b0, b1, b2, b3);
    s7_1 += dots(a7, b4, b5, b6, b7);
  }
  put(q + 0u, m + 0u, s0_0); put(q + 0u, m + 4u, s0_1);
  put(q + 1u, m + 0u, s1_0); put(q + 1u, m + 4u, s1_1);
  put(q + 2u, m + 0u, s2_0); put(q + 2u, m + 4u, s2_1);
  put(q + 3u, m + 0u, s3_0); put(q + 3u, m + 4u, s3_1);
  put(q + 4u, m + 0u, s4_0); put(q + 4u, m + 4u, s4_1);
  put(q + 5u, m + 0u, s5_0); put(q + 5u, m + 4u, s5_1);
  put(q + 6u, m + 0u, s6_0); put(q + 6u, m + 4u, s6_1);
  put(q + 7u, m + 0u, s7_0); put(q + 7u, m + 4u, s7_1);
}
