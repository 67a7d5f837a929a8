// part[s,o,i,k] = sum over the steps (b,t) of chunk s of  g[b,o,t] x[b,i, STRIDE t + k - STRIDE/2]     as conv1d_dw_sub16, which it can stand in for
// x: f32[B,I,W]   g: f32[B,O,OW]   ->  part: f32[S,O,I*W/OW*2]
// grid [taps/(8*WG), O/16, S]: 16 output channels x 8 taps a lane, gradients shared by eight lanes; for compilers that hoist all loads of a turn
// (lavapipe), on which conv1d_dw_sub16 spills.
// Requires STRIDE 2 or 4, W = STRIDE * OW, OW % 4 = 0, chunk % 4 = 0, and at least eight lanes in a subgroup.
enable subgroups;
//#import half_windows
override WG: u32 = 8u;
struct Params { B: u32, I: u32, W: u32, O: u32, OW: u32, S: u32, chunk: u32, x0: u32, y0: u32, z0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> g: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> part: array<vec4f>;

// The four before or after those of four steps; 0 outside.
fn end_of(at: u32, outside: bool) -> vec4f {
  return select(x[at], vec4f(), outside);
}

// Four steps of four channels from the lanes that loaded one channel each, a channel a column.
fn low_gradients(own: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(own, 0u), subgroupBroadcast(own, 1u), subgroupBroadcast(own, 2u), subgroupBroadcast(own, 3u));
}

fn high_gradients(own: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(own, 4u), subgroupBroadcast(own, 5u), subgroupBroadcast(own, 6u), subgroupBroadcast(own, 7u));
}

// Four taps of four output channels.
fn store(s: u32, o: u32, k: u32, v: mat4x4f) {
  let size = p.I * tap_fours();
  if (k >= size) { return; }
  let at = (s * p.O + o) * size + k;
  if (o < p.O) { part[at] = v[0]; }
  if (o + 1u < p.O) { part[at + size] = v[1]; }
  if (o + 2u < p.O) { part[at + 2u * size] = v[2]; }
  if (o + 3u < p.O) { part[at + 3u * size] = v[3]; }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let k = ((wid.x + p.x0) * WG + lane) * 2u; // in fours of taps
  let o = (wid.y + p.y0) * 16u;
  let s = wid.z + p.z0;
  let width = p.OW / 4u;
  let length = p.W / 4u;
  let mine = min(o + (sub & 7u) + vec2u(0u, 8u), vec2u(p.O - 1u)) * width; // this lane's channels
  let planes = min(k / tap_fours() + vec2u(0u, 1u), vec2u(p.I - 1u)) * length;
  let start = s * (p.chunk / 4u);
  let end = min(start + p.chunk / 4u, p.B * width);
  var b = start / width;
  var step = start % width; // in fours
  var c00 = mat4x4f(); var c01 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f();
  var c20 = mat4x4f(); var c21 = mat4x4f();
  var c30 = mat4x4f(); var c31 = mat4x4f();
  for (var at = start; at < end; at++) {
    let from_g = b * p.O * width + step;
    let from_x = b * p.I * length + step * STRIDE;
    let first = step == 0u;
    let last = step + 1u == width;
    let back = select(1u, 0u, first); // outside: anything that exists
    let ahead = select(STRIDE, 0u, last);
    if (STRIDE == 4u) {
      let at0 = planes.x + from_x;
      let b0 = end_of(at0 - back, first); let e0 = end_of(at0 + ahead, last);
      let x00 = x[at0]; let x01 = x[at0 + 1u]; let x02 = x[at0 + 2u]; let x03 = x[at0 + 3u];
      let t0 = transpose(taps_of_4(b0, x00, x01, x02, x03)); let t1 = transpose(taps_of_4(x00, x01, x02, x03, e0));
      let g0 = g[mine.x + from_g];
      let l0 = low_gradients(g0); c00 += t0 * l0; c01 += t1 * l0;
      let h0 = high_gradients(g0); c10 += t0 * h0; c11 += t1 * h0;
      let g1 = g[mine.y + from_g];
      let l1 = low_gradients(g1); c20 += t0 * l1; c21 += t1 * l1;
      let h1 = high_gradients(g1); c30 += t0 * h1; c31 += t1 * h1;
    } else {
      let at0 = planes.x + from_x;
      let b0 = select(x[at0 - back].w, 0.0, first); let e0 = select(x[at0 + ahead].x, 0.0, last);
      let t0 = transpose(taps_of_2(b0, x[at0], x[at0 + 1u], e0));
      let at1 = planes.y + from_x;
      let b1 = select(x[at1 - back].w, 0.0, first); let e1 = select(x[at1 + ahead].x, 0.0, last);
      let t1 = transpose(taps_of_2(b1, x[at1], x[at1 + 1u], e1));
      let g0 = g[mine.x + from_g];
      let l0 = low_gradients(g0); c00 += t0 * l0; c01 += t1 * l0;
      let h0 = high_gradients(g0); c10 += t0 * h0; c11 += t1 * h0;
      let g1 = g[mine.y + from_g];
      let l1 = low_gradients(g1); c20 += t0 * l1; c21 += t1 * l1;
      let h1 = high_gradients(g1); c30 += t0 * h1; c31 += t1 * h1;
    }
    step++;
    if (step == width) {
      step = 0u;
      b++;
    }
  }
  store(s, o + 0u, k, c00); store(s, o + 0u, k + 1u, c01);
  store(s, o + 4u, k, c10); store(s, o + 4u, k + 1u, c11);
  store(s, o + 8u, k, c20); store(s, o + 8u, k + 1u, c21);
  store(s, o + 12u, k, c30); store(s, o + 12u, k + 1u, c31);
}
