// sims[q,m] = unit_q[q] . unit_n[n0 + m]: cosine similarities of unit rows padded to fours
// unit_q: f32[Q,4*D4]   unit_n: f32[N,4*D4]   ->   sims: f32[Q,M]
// grid [ceil(M/16/WG), ceil(Q/16)]: an invocation computes 16 queries x 16 candidates in registers, four products a step: 1024 multiply-adds
// for 128 loaded floats. The lanes of a workgroup share the queries. Loads cost 35 multiply-adds on a software adapter, so tiles
// are as large as its registers allow.
// Requires n0 + M <= N.
override WG: u32 = 32u;
struct Params { Q: u32, N: u32, M: u32, D4: u32, n0: u32, x0: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> unit_q: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> unit_n: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> sims: array<f32>;

fn dots(a: vec4<f32>, b0: vec4<f32>, b1: vec4<f32>, b2: vec4<f32>, b3: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(dot(a, b0), dot(a, b1), dot(a, b2), dot(a, b3));
}

// Rows beyond the last repeat it: their products are computed and dropped.
fn query(q: u32) -> u32 { return min(q, p.Q - 1u) * p.D4; }
fn candidate(m: u32) -> u32 { return (p.n0 + min(m, p.M - 1u)) * p.D4; }

fn put(q: u32, m: u32, value: vec4<f32>) {
  if (q >= p.Q) { return; }
  for (var e = 0u; e < 4u && m + e < p.M; e++) { sims[q * p.M + m + e] = value[e]; }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let q = (wid.y + p.y0) * 16u;
  let m = ((wid.x + p.x0) * WG + lane) * 16u;
  if (m >= p.M) { return; }
  let q0 = query(q + 0u); let q1 = query(q + 1u); let q2 = query(q + 2u); let q3 = query(q + 3u);
  let q4 = query(q + 4u); let q5 = query(q + 5u); let q6 = query(q + 6u); let q7 = query(q + 7u);
  let q8 = query(q + 8u); let q9 = query(q + 9u); let q10 = query(q + 10u); let q11 = query(q + 11u);
  let q12 = query(q + 12u); let q13 = query(q + 13u); let q14 = query(q + 14u); let q15 = query(q + 15u);
  let n0 = candidate(m + 0u); let n1 = candidate(m + 1u); let n2 = candidate(m + 2u); let n3 = candidate(m + 3u);
  let n4 = candidate(m + 4u); let n5 = candidate(m + 5u); let n6 = candidate(m + 6u); let n7 = candidate(m + 7u);
  let n8 = candidate(m + 8u); let n9 = candidate(m + 9u); let n10 = candidate(m + 10u); let n11 = candidate(m + 11u);
  let n12 = candidate(m + 12u); let n13 = candidate(m + 13u); let n14 = candidate(m + 14u); let n15 = candidate(m + 15u);
  var s0_0 = vec4<f32>(); var s0_1 = vec4<f32>(); var s0_2 = vec4<f32>(); var s0_3 = vec4<f32>();
  var s1_0 = vec4<f32>(); var s1_1 = vec4<f32>(); var s1_2 = vec4<f32>(); var s1_3 = vec4<f32>();
  var s2_0 = vec4<f32>(); var s2_1 = vec4<f32>(); var s2_2 = vec4<f32>(); var s2_3 = vec4<f32>();
  var s3_0 = vec4<f32>(); var s3_1 = vec4<f32>(); var s3_2 = vec4<f32>(); var s3_3 = vec4<f32>();
  var s4_0 = vec4<f32>(); var s4_1 = vec4<f32>(); var s4_2 = vec4<f32>(); var s4_3 = vec4<f32>();
  var s5_0 = vec4<f32>(); var s5_1 = vec4<f32>(); var s5_2 = vec4<f32>(); var s5_3 = vec4<f32>();
  var s6_0 = vec4<f32>(); var s6_1 = vec4<f32>(); var s6_2 = vec4<f32>(); var s6_3 = vec4<f32>();
  var s7_0 = vec4<f32>(); var s7_1 = vec4<f32>(); var s7_2 = vec4<f32>(); var s7_3 = vec4<f32>();
  var s8_0 = vec4<f32>(); var s8_1 = vec4<f32>(); var s8_2 = vec4<f32>(); var s8_3 = vec4<f32>();
  var s9_0 = vec4<f32>(); var s9_1 = vec4<f32>(); var s9_2 = vec4<f32>(); var s9_3 = vec4<f32>();
  var s10_0 = vec4<f32>(); var s10_1 = vec4<f32>(); var s10_2 = vec4<f32>(); var s10_3 = vec4<f32>();
  var s11_0 = vec4<f32>(); var s11_1 = vec4<f32>(); var s11_2 = vec4<f32>(); var s11_3 = vec4<f32>();
  var s12_0 = vec4<f32>(); var s12_1 = vec4<f32>(); var s12_2 = vec4<f32>(); var s12_3 = vec4<f32>();
  var s13_0 = vec4<f32>(); var s13_1 = vec4<f32>(); var s13_2 = vec4<f32>(); var s13_3 = vec4<f32>();
  var s14_0 = vec4<f32>(); var s14_1 = vec4<f32>(); var s14_2 = vec4<f32>(); var s14_3 = vec4<f32>();
  var s15_0 = vec4<f32>(); var s15_1 = vec4<f32>(); var s15_2 = vec4<f32>(); var s15_3 = vec4<f32>();
  for (var d = 0u; d < p.D4; d++) {
    let b0 = unit_n[n0 + d]; let b1 = unit_n[n1 + d]; let b2 = unit_n[n2 + d]; let b3 = unit_n[n3 + d];
    let b4 = unit_n[n4 + d]; let b5 = unit_n[n5 + d]; let b6 = unit_n[n6 + d]; let b7 = unit_n[n7 + d];
    let b8 = unit_n[n8 + d]; let b9 = unit_n[n9 + d]; let b10 = unit_n[n10 + d]; let b11 = unit_n[n11 + d];
    let b12 = unit_n[n12 + d]; let b13 = unit_n[n13 + d]; let b14 = unit_n[n14 + d]; let b15 = unit_n[n15 + d];
    let a0 = unit_q[q0 + d];
    s0_0 += dots(a0, b0, b1, b2, b3);
    s0_1 += dots(a0, b4, b5, b6, b7);
    s0_2 += dots(a0, b8, b9, b10, b11);
    s0_3 += dots(a0, b12, b13, b14, b15);
    let a1 = unit_q[q1 + d];
    s1_0 += dots(a1, b0, b1, b2, b3);
    s1_1 += dots(a1, b4, b5, b6, b7);
    s1_2 += dots(a1, b8, b9, b10, b11);
    s1_3 += dots(a1, b12, b13, b14, b15);
    let a2 = unit_q[q2 + d];
    s2_0 += dots(a2, b0, b1, b2, b3);
    s2_1 += dots(a2, b4, b5, b6, b7);
    s2_2 += dots(a2, b8, b9, b10, b11);
    s2_3 += dots(a2, b12, b13, b14, b15);
    let a3 = unit_q[q3 + d];
    s3_0 += dots(a3, b0, b1, b2, b3);
    s3_1 += dots(a3, b4, b5, b6, b7);
    s3_2 += dots(a3, b8, b9, b10, b11);
    s3_3 += dots(a3, b12, b13, b14, b15);
    let a4 = unit_q[q4 + d];
    s4_0 += dots(a4, b0, b1, b2, b3);
    s4_1 += dots(a4, b4, b5, b6, b7);
    s4_2 += dots(a4, b8, b9, b10, b11);
    s4_3 += dots(a4, b12, b13, b14, b15);
    let a5 = unit_q[q5 + d];
    s5_0 += dots(a5, b0, b1, b2, b3);
    s5_1 += dots(a5, b4, b5, b6, b7);
    s5_2 += dots(a5, b8, b9, b10, b11);
    s5_3 += dots(a5, b12, b13, b14, b15);
    let a6 = unit_q[q6 + d];
    s6_0 += dots(a6, b0, b1, b2, b3);
    s6_1 += dots(a6, b4, b5, b6, b7);
    s6_2 += dots(a6, b8, b9, b10, b11);
    s6_3 += dots(a6, b12, b13, b14, b15);
    let a7 = unit_q[q7 + d];
    s7_0 += dots(a7, b0, b1, b2, b3);
    s7_1 += dots(a7, b4, b5, b6, b7);
    s7_2 += dots(a7, b8, b9, b10, b11);
    s7_3 += dots(a7, b12, b13, b14, b15);
    let a8 = unit_q[q8 + d];
    s8_0 += dots(a8, b0, b1, b2, b3);
    s8_1 += dots(a8, b4, b5, b6, b7);
    s8_2 += dots(a8, b8, b9, b10, b11);
    s8_3 += dots(a8, b12, b13, b14, b15);
    let a9 = unit_q[q9 + d];
    s9_0 += dots(a9, b0, b1, b2, b3);
    s9_1 += dots(a9, b4, b5, b6, b7);
    s9_2 += dots(a9, b8, b9, b10, b11);
    s9_3 += dots(a9, b12, b13, b14, b15);
    let a10 = unit_q[q10 + d];
    s10_0 += dots(a10, b0, b1, b2, b3);
    s10_1 += dots(a10, b4, b5, b6, b7);
    s10_2 += dots(a10, b8, b9, b10, b11);
    s10_3 += dots(a10, b12, b13, b14, b15);
    let a11 = unit_q[q11 + d];
    s11_0 += dots(a11, b0, b1, b2, b3);
    s11_1 += dots(a11, b4, b5, b6, b7);
    s11_2 += dots(a11, b8, b9, b10, b11);
    s11_3 += dots(a11, b12, b13, b14, b15);
    let a12 = unit_q[q12 + d];
    s12_0 += dots(a12, b0, b1, b2, b3);
    s12_1 += dots(a12, b4, b5, b6, b7);
    s12_2 += dots(a12, b8, b9, b10, b11);
    s12_3 += dots(a12, b12, b13, b14, b15);
    let a13 = unit_q[q13 + d];
    s13_0 += dots(a13, b0, b1, b2, b3);
    s13_1 += dots(a13, b4, b5, b6, b7);
    s13_2 += dots(a13, b8, b9, b10, b11);
    s13_3 += dots(a13, b12, b13, b14, b15);
    let a14 = unit_q[q14 + d];
    s14_0 += dots(a14, b0, b1, b2, b3);
    s14_1 += dots(a14, b4, b5, b6, b7);
    s14_2 += dots(a14, b8, b9, b10, b11);
    s14_3 += dots(a14, b12, b13, b14, b15);
    let a15 = unit_q[q15 + d];
    s15_0 += dots(a15, b0, b1, b2, b3);
    s15_1 += dots(a15, b4, b5, b6, b7);
    s15_2 += dots(a15, b8, b9, b10, b11);
    s15_3 += dots(a15, b12, b13, b14, b15);
  }
  put(q + 0u, m + 0u, s0_0); put(q + 0u, m + 4u, s0_1); put(q + 0u, m + 8u, s0_2); put(q + 0u, m + 12u, s0_3);
  put(q + 1u, m + 0u, s1_0); put(q + 1u, m + 4u, s1_1); put(q + 1u, m + 8u, s1_2); put(q + 1u, m + 12u, s1_3);
  put(q + 2u, m + 0u, s2_0); put(q + 2u, m + 4u, s2_1); put(q + 2u, m + 8u, s2_2); put(q + 2u, m + 12u, s2_3);
  put(q + 3u, m + 0u, s3_0); put(q + 3u, m + 4u, s3_1); put(q + 3u, m + 8u, s3_2); put(q + 3u, m + 12u, s3_3);
  put(q + 4u, m + 0u, s4_0); put(q + 4u, m + 4u, s4_1); put(q + 4u, m + 8u, s4_2); put(q + 4u, m + 12u, s4_3);
  put(q + 5u, m + 0u, s5_0); put(q + 5u, m + 4u, s5_1); put(q + 5u, m + 8u, s5_2); put(q + 5u, m + 12u, s5_3);
  put(q + 6u, m + 0u, s6_0); put(q + 6u, m + 4u, s6_1); put(q + 6u, m + 8u, s6_2); put(q + 6u, m + 12u, s6_3);
  put(q + 7u, m + 0u, s7_0); put(q + 7u, m + 4u, s7_1); put(q + 7u, m + 8u, s7_2); put(q + 7u, m + 12u, s7_3);
  put(q + 8u, m + 0u, s8_0); put(q + 8u, m + 4u, s8_1); put(q + 8u, m + 8u, s8_2); put(q + 8u, m + 12u, s8_3);
  put(q + 9u, m + 0u, s9_0); put(q + 9u, m + 4u, s9_1); put(q + 9u, m + 8u, s9_2); put(q + 9u, m + 12u, s9_3);
  put(q + 10u, m + 0u, s10_0); put(q + 10u, m + 4u, s10_1); put(q + 10u, m + 8u, s10_2); put(q + 10u, m + 12u, s10_3);
  put(q + 11u, m + 0u, s11_0); put(q + 11u, m + 4u, s11_1); put(q + 11u, m + 8u, s11_2); put(q + 11u, m + 12u, s11_3);
  put(q + 12u, m + 0u, s12_0); put(q + 12u, m + 4u, s12_1); put(q + 12u, m + 8u, s12_2); put(q + 12u, m + 12u, s12_3);
  put(q + 13u, m + 0u, s13_0); put(q + 13u, m + 4u, s13_1); put(q + 13u, m + 8u, s13_2); put(q + 13u, m + 12u, s13_3);
  put(q + 14u, m + 0u, s14_0); put(q + 14u, m + 4u, s14_1); put(q + 14u, m + 8u, s14_2); put(q + 14u, m + 12u, s14_3);
  put(q + 15u, m + 0u, s15_0); put(q + 15u, m + 4u, s15_1); put(q + 15u, m + 8u, s15_2); put(q + 15u, m + 12u, s15_3);
}
