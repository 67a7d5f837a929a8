// y[b,o,t] = sum_{i,k} x[b,i, STRIDE t + k - STRIDE/2] w[o,i,k],  0 <= k < 2 STRIDE     as conv1d_sub16, which it can stand in for
// x: f32[B,I,W]   w: f32[O,I*W/OW*2]   ->  y: f32[B,O,OW]
// grid [B*OW/(4*WG), O/16]: 16 output channels x 4 steps a lane, weights shared by eight lanes. The 64 sums are few enough for compilers that hoist
// all loads of a turn (lavapipe), on which conv1d_sub16 spills.
// Requires STRIDE 2 or 4, W = STRIDE * OW, OW % 4 = 0, and at least eight lanes in a subgroup.
enable subgroups;
//#import half_windows
override WG: u32 = 8u;
struct Params { B: u32, I: u32, W: u32, O: u32, OW: u32, x0: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

// Four numbers of the channel whose numbers start at `plane`; 0 outside.
fn four(plane: u32, i: u32) -> vec4f {
  let inside = i < p.W / 4u; // before the first, i has wrapped
  return select(vec4f(), x[plane + select(0u, i, inside)], inside);
}

// The last and the first number of such a four.
fn last_of(plane: u32, i: u32) -> f32 {
  let inside = i < p.W / 4u;
  return select(0.0, x[plane + select(0u, i, inside)].w, inside);
}

fn first_of(plane: u32, i: u32) -> f32 {
  let inside = i < p.W / 4u;
  return select(0.0, x[plane + select(0u, i, inside)].x, inside);
}

// Four taps of four channels from the lanes that loaded one channel each, a channel a column: lanes 0 to 3, and 4 to 7.
fn low_weights(own: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(own, 0u), subgroupBroadcast(own, 1u), subgroupBroadcast(own, 2u), subgroupBroadcast(own, 3u));
}

fn high_weights(own: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(own, 4u), subgroupBroadcast(own, 5u), subgroupBroadcast(own, 6u), subgroupBroadcast(own, 7u));
}

// Four channels in the four steps from 4 step on, of sequence b.
fn store(b: u32, o: u32, step: u32, v: mat4x4f) {
  if (b >= p.B || step >= p.OW / 4u) { return; }
  let width = p.OW / 4u;
  let at = (b * p.O + o) * width + step;
  if (o < p.O) { y[at] = v[0]; }
  if (o + 1u < p.O) { y[at + width] = v[1]; }
  if (o + 2u < p.O) { y[at + 2u * width] = v[2]; }
  if (o + 3u < p.O) { y[at + 3u * width] = v[3]; }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let tile = (wid.x + p.x0) * WG + lane;
  let b = tile / (p.OW / 4u);
  let step = tile % (p.OW / 4u); // in fours
  let o = (wid.y + p.y0) * 16u;
  let first = step * STRIDE;
  let mine = min(o + (sub & 7u) + vec2u(0u, 8u), vec2u(p.O - 1u)) * (p.I * tap_fours()); // weights of this lane's channels
  var k = 0u;
  var plane = min(b, p.B - 1u) * p.I * (p.W / 4u);
  var c00 = mat4x4f();
  var c10 = mat4x4f();
  var c20 = mat4x4f();
  var c30 = mat4x4f();
  for (var i = 0u; i < p.I; i++) {
    if (STRIDE == 4u) {
      let b00 = four(plane, first - 1u); let b01 = four(plane, first); let b02 = four(plane, first + 1u); let b03 = four(plane, first + 2u);
      let b04 = four(plane, first + 3u); let b05 = four(plane, first + 4u);
      let l0 = taps_of_4(b00, b01, b02, b03, b04); let h0 = taps_of_4(b01, b02, b03, b04, b05);
      let lw0 = w[mine.x + k];
      c00 += l0 * low_weights(lw0); c10 += l0 * high_weights(lw0);
      let lw1 = w[mine.y + k];
      c20 += l0 * low_weights(lw1); c30 += l0 * high_weights(lw1);
      let hw0 = w[mine.x + k + 1u];
      c00 += h0 * low_weights(hw0); c10 += h0 * high_weights(hw0);
      let hw1 = w[mine.y + k + 1u];
      c20 += h0 * low_weights(hw1); c30 += h0 * high_weights(hw1);
    } else {
      let b00 = last_of(plane, first - 1u); let b03 = first_of(plane, first + 2u);
      let b01 = four(plane, first); let b02 = four(plane, first + 1u);
      let t0 = taps_of_2(b00, b01, b02, b03);
      let tw0 = w[mine.x + k];
      c00 += t0 * low_weights(tw0); c10 += t0 * high_weights(tw0);
      let tw1 = w[mine.y + k];
      c20 += t0 * low_weights(tw1); c30 += t0 * high_weights(tw1);
    }
    k += tap_fours();
    plane += p.W / 4u;
  }
  store(b, o + 0u, step, c00);
  store(b, o + 4u, step, c10);
  store(b, o + 8u, step, c20);
  store(b, o + 12u, step, c30);
}
