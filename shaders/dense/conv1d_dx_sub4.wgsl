// dx[b,i,n] = sum over o and the steps t with 0 <= k = n + STRIDE/2 - STRIDE t < 2 STRIDE  of  g[b,o,t] w[o,i,k]     as conv1d_dx_sub16
// g: f32[B,O,OW]   w: f32[O,I*W/OW*2]   ->  dx: f32[B,I,W]
// grid [B*OW/(8*WG), I*STRIDE/16]: what 8 steps of g reach, in 16/STRIDE channels: 128 numbers a lane, weights shared by eight lanes. For compilers
// that hoist all loads of a turn (lavapipe), on which conv1d_dx_sub16 spills.
// Requires STRIDE 2 or 4, W = STRIDE * OW, OW % 4 = 0, and at least eight lanes in a subgroup.
enable subgroups;
//#import half_windows
override WG: u32 = 8u;
struct Params { B: u32, I: u32, W: u32, O: u32, OW: u32, x0: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> g: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dx: array<vec4f>;

// Gradients of four steps of the channel whose steps start at `plane`; 0 outside.
fn four(plane: u32, i: u32) -> vec4f {
  let inside = i < p.OW / 4u; // before the first, i has wrapped
  return select(vec4f(), g[plane + select(0u, i, inside)], inside);
}

// The last and the first of such a four.
fn last_of(plane: u32, i: u32) -> f32 {
  let inside = i < p.OW / 4u;
  return select(0.0, g[plane + select(0u, i, inside)].w, inside);
}

fn first_of(plane: u32, i: u32) -> f32 {
  let inside = i < p.OW / 4u;
  return select(0.0, g[plane + select(0u, i, inside)].x, inside);
}

// Sixteen numbers of a channel of sequence b, from 4 at on.
fn store(b: u32, i: u32, at: u32, v: mat4x4f) {
  if (b >= p.B || i >= p.I) { return; }
  let length = p.W / 4u;
  let place = (b * p.I + i) * length + at;
  if (at < length) { dx[place] = v[0]; }
  if (at + 1u < length) { dx[place + 1u] = v[1]; }
  if (at + 2u < length) { dx[place + 2u] = v[2]; }
  if (at + 3u < length) { dx[place + 3u] = v[3]; }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sub: u32) {
  let tiles = (p.OW + 7u) / 8u; // of a sequence
  let tile = (wid.x + p.x0) * WG + lane;
  let b = tile / tiles;
  let step = tile % tiles * 2u; // in fours
  let i = (wid.y + p.y0) * (16u / STRIDE); // eight fours of taps
  let next = p.I * tap_fours(); // from one channel's weights to those of the next
  let last = p.O * next - 1u;
  var k = i * tap_fours() + (sub & 7u); // beyond the last channel: weights of others, whose results are not stored
  var plane = min(b, p.B - 1u) * p.O * (p.OW / 4u);
  var d00 = mat4x4f(); var d01 = mat4x4f(); var d02 = mat4x4f(); var d03 = mat4x4f();
  var d04 = mat4x4f(); var d05 = mat4x4f(); var d06 = mat4x4f(); var d07 = mat4x4f();
  for (var o = 0u; o < p.O; o += 1u) {
    let gb = last_of(plane, step - 1u); let g0 = four(plane, step); let g1 = four(plane, step + 1u); let ga = first_of(plane, step + 2u);
    let gown = w[min(k, last)];
    let gw0 = subgroupBroadcast(gown, 0u); let gw1 = subgroupBroadcast(gown, 1u); let gw2 = subgroupBroadcast(gown, 2u); let gw3 = subgroupBroadcast(gown, 3u);
    let gw4 = subgroupBroadcast(gown, 4u); let gw5 = subgroupBroadcast(gown, 5u); let gw6 = subgroupBroadcast(gown, 6u); let gw7 = subgroupBroadcast(gown, 7u);
    if (STRIDE == 4u) {
      d00 += spread_of_4(gw0, gw1, gb, g0, g1.x);
      d01 += spread_of_4(gw0, gw1, g0.w, g1, ga);
      d02 += spread_of_4(gw2, gw3, gb, g0, g1.x);
      d03 += spread_of_4(gw2, gw3, g0.w, g1, ga);
      d04 += spread_of_4(gw4, gw5, gb, g0, g1.x);
      d05 += spread_of_4(gw4, gw5, g0.w, g1, ga);
      d06 += spread_of_4(gw6, gw7, gb, g0, g1.x);
      d07 += spread_of_4(gw6, gw7, g0.w, g1, ga);
    } else {
      d00 += spread_of_2(gw0, gb, g0, g1, ga);
      d01 += spread_of_2(gw1, gb, g0, g1, ga);
      d02 += spread_of_2(gw2, gb, g0, g1, ga);
      d03 += spread_of_2(gw3, gb, g0, g1, ga);
      d04 += spread_of_2(gw4, gb, g0, g1, ga);
      d05 += spread_of_2(gw5, gb, g0, g1, ga);
      d06 += spread_of_2(gw6, gb, g0, g1, ga);
      d07 += spread_of_2(gw7, gb, g0, g1, ga);
    }
    k += next;
    plane += p.OW / 4u;
  }
  let at = step * STRIDE;
  if (STRIDE == 4u) {
    store(b, i + 0u, at + 0u, d00); store(b, i + 0u, at + 4u, d01);
    store(b, i + 1u, at + 0u, d02); store(b, i + 1u, at + 4u, d03);
    store(b, i + 2u, at + 0u, d04); store(b, i + 2u, at + 4u, d05);
    store(b, i + 3u, at + 0u, d06); store(b, i + 3u, at + 4u, d07);
  } else {
    store(b, i + 0u, at + 0u, d00); store(b, i + 1u, at + 0u, d01);
    store(b, i + 2u, at + 0u, d02); store(b, i + 3u, at + 0u, d03);
    store(b, i + 4u, at + 0u, d04); store(b, i + 5u, at + 0u, d05);
    store(b, i + 6u, at + 0u, d06); store(b, i + 7u, at + 0u, d07);
  }
}
