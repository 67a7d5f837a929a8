// part[s,o,i,k] = sum over the steps (b,t) of chunk s of  g[b,o,t] x[b,i, STRIDE t + k - STRIDE/2]     conv2d_dw.wgsl of height 1 (lib/half_windows)
// x: f32[B,I,W]   g: f32[B,O,OW]   ->  part: f32[S,O,I*W/OW*2]     sum_splits.wgsl adds the S parts in order
// grid [taps/(16*WG), O/16, S]: 16 output channels x 16 taps of 8/STRIDE input channels a lane, four steps a turn. All lanes of a workgroup have the same
// output channels, so a lane loads g of four of them. With stride 4, per turn and 1,024 multiply-adds, 56 floats are loaded, where conv2d_dw_sub16 loads 80.
// Requires STRIDE 2 or 4, W = STRIDE * OW, OW % 4 = 0, chunk % 4 = 0, and at least four lanes in a subgroup.
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
fn gradients(at: u32) -> mat4x4f {
  let own = g[at];
  return mat4x4f(subgroupBroadcast(own, 0u), subgroupBroadcast(own, 1u), subgroupBroadcast(own, 2u), subgroupBroadcast(own, 3u));
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
  let k = ((wid.x + p.x0) * WG + lane) * 4u; // in fours of taps
  let o = (wid.y + p.y0) * 16u;
  let s = wid.z + p.z0;
  let width = p.OW / 4u;
  let length = p.W / 4u;
  let mine = min(o + (sub & 3u) + vec4u(0u, 4u, 8u, 12u), vec4u(p.O - 1u)) * width; // this lane's channels
  let planes = min(k / tap_fours() + vec4u(0u, 1u, 2u, 3u), vec4u(p.I - 1u)) * length;
  let start = s * (p.chunk / 4u);
  let end = min(start + p.chunk / 4u, p.B * width);
  var b = start / width;
  var step = start % width; // in fours
  var c00 = mat4x4f(); var c01 = mat4x4f(); var c02 = mat4x4f(); var c03 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f(); var c12 = mat4x4f(); var c13 = mat4x4f();
  var c20 = mat4x4f(); var c21 = mat4x4f(); var c22 = mat4x4f(); var c23 = mat4x4f();
  var c30 = mat4x4f(); var c31 = mat4x4f(); var c32 = mat4x4f(); var c33 = mat4x4f();
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
      let at1 = planes.y + from_x;
      let b1 = end_of(at1 - back, first); let e1 = end_of(at1 + ahead, last);
      let x10 = x[at1]; let x11 = x[at1 + 1u]; let x12 = x[at1 + 2u]; let x13 = x[at1 + 3u];
      let t2 = transpose(taps_of_4(b1, x10, x11, x12, x13)); let t3 = transpose(taps_of_4(x10, x11, x12, x13, e1));
      let g0 = gradients(mine.x + from_g); c00 += t0 * g0; c01 += t1 * g0; c02 += t2 * g0; c03 += t3 * g0;
      let g1 = gradients(mine.y + from_g); c10 += t0 * g1; c11 += t1 * g1; c12 += t2 * g1; c13 += t3 * g1;
      let g2 = gradients(mine.z + from_g); c20 += t0 * g2; c21 += t1 * g2; c22 += t2 * g2; c23 += t3 * g2;
      let g3 = gradients(mine.w + from_g); c30 += t0 * g3; c31 += t1 * g3; c32 += t2 * g3; c33 += t3 * g3;
    } else {
      let at0 = planes.x + from_x;
      let b0 = select(x[at0 - back].w, 0.0, first); let e0 = select(x[at0 + ahead].x, 0.0, last);
      let t0 = transpose(taps_of_2(b0, x[at0], x[at0 + 1u], e0));
      let at1 = planes.y + from_x;
      let b1 = select(x[at1 - back].w, 0.0, first); let e1 = select(x[at1 + ahead].x, 0.0, last);
      let t1 = transpose(taps_of_2(b1, x[at1], x[at1 + 1u], e1));
      let at2 = planes.z + from_x;
      let b2 = select(x[at2 - back].w, 0.0, first); let e2 = select(x[at2 + ahead].x, 0.0, last);
      let t2 = transpose(taps_of_2(b2, x[at2], x[at2 + 1u], e2));
      let at3 = planes.w + from_x;
      let b3 = select(x[at3 - back].w, 0.0, first); let e3 = select(x[at3 + ahead].x, 0.0, last);
      let t3 = transpose(taps_of_2(b3, x[at3], x[at3 + 1u], e3));
      let g0 = gradients(mine.x + from_g); c00 += t0 * g0; c01 += t1 * g0; c02 += t2 * g0; c03 += t3 * g0;
      let g1 = gradients(mine.y + from_g); c10 += t0 * g1; c11 += t1 * g1; c12 += t2 * g1; c13 += t3 * g1;
      let g2 = gradients(mine.z + from_g); c20 += t0 * g2; c21 += t1 * g2; c22 += t2 * g2; c23 += t3 * g2;
      let g3 = gradients(mine.w + from_g); c30 += t0 * g3; c31 += t1 * g3; c32 += t2 * g3; c33 += t3 * g3;
    }
    step++;
    if (step == width) {
      step = 0u;
      b++;
    }
  }
  store(s, o + 0u, k, c00); store(s, o + 0u, k + 1u, c01); store(s, o + 0u, k + 2u, c02); store(s, o + 0u, k + 3u, c03);
  store(s, o + 4u, k, c10); store(s, o + 4u, k + 1u, c11); store(s, o + 4u, k + 2u, c12); store(s, o + 4u, k + 3u, c13);
  store(s, o + 8u, k, c20); store(s, o + 8u, k + 1u, c21); store(s, o + 8u, k + 2u, c22); store(s, o + 8u, k + 3u, c23);
  store(s, o + 12u, k, c30); store(s, o + 12u, k + 1u, c31); store(s, o + 12u, k + 2u, c32); store(s, o + 12u, k + 3u, c33);
}
