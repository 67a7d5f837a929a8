// dx[b,i,n] = sum over o and the steps t with 0 <= k = n + STRIDE/2 - STRIDE t < 2 STRIDE  of  g[b,o,t] w[o,i,k]     transpose of conv1d_sub16
// g: f32[B,O,OW]   w: f32[O,I*W/OW*2]   ->  dx: f32[B,I,W]
// grid [B*OW/(16*WG), I*STRIDE/16]: what 16 steps of g reach, in 16/STRIDE channels: 256 numbers a lane, two channels of g a turn. All lanes of a
// workgroup have the same weights, of which each loads a quarter. Per turn and 1,024 multiply-adds a lane loads 12 vec4 of g and 4 of w.
// Requires STRIDE 2 or 4, W = STRIDE * OW, OW % 4 = 0, O % 2 = 0, and at least four lanes in a subgroup.
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
  let tiles = (p.OW + 15u) / 16u; // of a sequence
  let tile = (wid.x + p.x0) * WG + lane;
  let b = tile / tiles;
  let step = tile % tiles * 4u; // in fours
  let i = (wid.y + p.y0) * (16u / STRIDE); // eight fours of taps
  let next = p.I * tap_fours(); // from one channel's weights to those of the next
  let last = p.O * next - 1u;
  var k = i * tap_fours() + (sub & 3u); // beyond the last channel: weights of others, whose results are not stored
  var plane = min(b, p.B - 1u) * p.O * (p.OW / 4u);
  var d00 = mat4x4f(); var d01 = mat4x4f(); var d02 = mat4x4f(); var d03 = mat4x4f();
  var d04 = mat4x4f(); var d05 = mat4x4f(); var d06 = mat4x4f(); var d07 = mat4x4f();
  var d08 = mat4x4f(); var d09 = mat4x4f(); var d10 = mat4x4f(); var d11 = mat4x4f();
  var d12 = mat4x4f(); var d13 = mat4x4f(); var d14 = mat4x4f(); var d15 = mat4x4f();
  for (var o = 0u; o < p.O; o += 2u) {
    let other = plane + p.OW / 4u;
    let gb = last_of(plane, step - 1u); let g0 = four(plane, step); let g1 = four(plane, step + 1u); let g2 = four(plane, step + 2u); let g3 = four(plane, step + 3u); let ga = first_of(plane, step + 4u);
    let glow = w[min(k, last)]; let ghigh = w[min(k + 4u, last)];
    let gw0 = subgroupBroadcast(glow, 0u); let gw1 = subgroupBroadcast(glow, 1u); let gw2 = subgroupBroadcast(glow, 2u); let gw3 = subgroupBroadcast(glow, 3u);
    let gw4 = subgroupBroadcast(ghigh, 0u); let gw5 = subgroupBroadcast(ghigh, 1u); let gw6 = subgroupBroadcast(ghigh, 2u); let gw7 = subgroupBroadcast(ghigh, 3u);
    let hb = last_of(other, step - 1u); let h0 = four(other, step); let h1 = four(other, step + 1u); let h2 = four(other, step + 2u); let h3 = four(other, step + 3u); let ha = first_of(other, step + 4u);
    let hlow = w[min(k + next, last)]; let hhigh = w[min(k + next + 4u, last)];
    let hw0 = subgroupBroadcast(hlow, 0u); let hw1 = subgroupBroadcast(hlow, 1u); let hw2 = subgroupBroadcast(hlow, 2u); let hw3 = subgroupBroadcast(hlow, 3u);
    let hw4 = subgroupBroadcast(hhigh, 0u); let hw5 = subgroupBroadcast(hhigh, 1u); let hw6 = subgroupBroadcast(hhigh, 2u); let hw7 = subgroupBroadcast(hhigh, 3u);
    if (STRIDE == 4u) {
      d00 += spread_of_4(gw0, gw1, gb, g0, g1.x) + spread_of_4(hw0, hw1, hb, h0, h1.x);
      d01 += spread_of_4(gw0, gw1, g0.w, g1, g2.x) + spread_of_4(hw0, hw1, h0.w, h1, h2.x);
      d02 += spread_of_4(gw0, gw1, g1.w, g2, g3.x) + spread_of_4(hw0, hw1, h1.w, h2, h3.x);
      d03 += spread_of_4(gw0, gw1, g2.w, g3, ga) + spread_of_4(hw0, hw1, h2.w, h3, ha);
      d04 += spread_of_4(gw2, gw3, gb, g0, g1.x) + spread_of_4(hw2, hw3, hb, h0, h1.x);
      d05 += spread_of_4(gw2, gw3, g0.w, g1, g2.x) + spread_of_4(hw2, hw3, h0.w, h1, h2.x);
      d06 += spread_of_4(gw2, gw3, g1.w, g2, g3.x) + spread_of_4(hw2, hw3, h1.w, h2, h3.x);
      d07 += spread_of_4(gw2, gw3, g2.w, g3, ga) + spread_of_4(hw2, hw3, h2.w, h3, ha);
      d08 += spread_of_4(gw4, gw5, gb, g0, g1.x) + spread_of_4(hw4, hw5, hb, h0, h1.x);
      d09 += spread_of_4(gw4, gw5, g0.w, g1, g2.x) + spread_of_4(hw4, hw5, h0.w, h1, h2.x);
      d10 += spread_of_4(gw4, gw5, g1.w, g2, g3.x) + spread_of_4(hw4, hw5, h1.w, h2, h3.x);
      d11 += spread_of_4(gw4, gw5, g2.w, g3, ga) + spread_of_4(hw4, hw5, h2.w, h3, ha);
      d12 += spread_of_4(gw6, gw7, gb, g0, g1.x) + spread_of_4(hw6, hw7, hb, h0, h1.x);
      d13 += spread_of_4(gw6, gw7, g0.w, g1, g2.x) + spread_of_4(hw6, hw7, h0.w, h1, h2.x);
      d14 += spread_of_4(gw6, gw7, g1.w, g2, g3.x) + spread_of_4(hw6, hw7, h1.w, h2, h3.x);
      d15 += spread_of_4(gw6, gw7, g2.w, g3, ga) + spread_of_4(hw6, hw7, h2.w, h3, ha);
    } else {
      d00 += spread_of_2(gw0, gb, g0, g1, g2.x) + spread_of_2(hw0, hb, h0, h1, h2.x);
      d01 += spread_of_2(gw0, g1.w, g2, g3, ga) + spread_of_2(hw0, h1.w, h2, h3, ha);
      d02 += spread_of_2(gw1, gb, g0, g1, g2.x) + spread_of_2(hw1, hb, h0, h1, h2.x);
      d03 += spread_of_2(gw1, g1.w, g2, g3, ga) + spread_of_2(hw1, h1.w, h2, h3, ha);
      d04 += spread_of_2(gw2, gb, g0, g1, g2.x) + spread_of_2(hw2, hb, h0, h1, h2.x);
      d05 += spread_of_2(gw2, g1.w, g2, g3, ga) + spread_of_2(hw2, h1.w, h2, h3, ha);
      d06 += spread_of_2(gw3, gb, g0, g1, g2.x) + spread_of_2(hw3, hb, h0, h1, h2.x);
      d07 += spread_of_2(gw3, g1.w, g2, g3, ga) + spread_of_2(hw3, h1.w, h2, h3, ha);
      d08 += spread_of_2(gw4, gb, g0, g1, g2.x) + spread_of_2(hw4, hb, h0, h1, h2.x);
      d09 += spread_of_2(gw4, g1.w, g2, g3, ga) + spread_of_2(hw4, h1.w, h2, h3, ha);
      d10 += spread_of_2(gw5, gb, g0, g1, g2.x) + spread_of_2(hw5, hb, h0, h1, h2.x);
      d11 += spread_of_2(gw5, g1.w, g2, g3, ga) + spread_of_2(hw5, h1.w, h2, h3, ha);
      d12 += spread_of_2(gw6, gb, g0, g1, g2.x) + spread_of_2(hw6, hb, h0, h1, h2.x);
      d13 += spread_of_2(gw6, g1.w, g2, g3, ga) + spread_of_2(hw6, h1.w, h2, h3, ha);
      d14 += spread_of_2(gw7, gb, g0, g1, g2.x) + spread_of_2(hw7, hb, h0, h1, h2.x);
      d15 += spread_of_2(gw7, g1.w, g2, g3, ga) + spread_of_2(hw7, h1.w, h2, h3, ha);
    }
    k += 2u * next;
    plane += 2u * (p.OW / 4u);
  }
  let at = step * STRIDE;
  if (STRIDE == 4u) {
    store(b, i + 0u, at + 0u, d00); store(b, i + 0u, at + 4u, d01); store(b, i + 0u, at + 8u, d02); store(b, i + 0u, at + 12u, d03);
    store(b, i + 1u, at + 0u, d04); store(b, i + 1u, at + 4u, d05); store(b, i + 1u, at + 8u, d06); store(b, i + 1u, at + 12u, d07);
    store(b, i + 2u, at + 0u, d08); store(b, i + 2u, at + 4u, d09); store(b, i + 2u, at + 8u, d10); store(b, i + 2u, at + 12u, d11);
    store(b, i + 3u, at + 0u, d12); store(b, i + 3u, at + 4u, d13); store(b, i + 3u, at + 8u, d14); store(b, i + 3u, at + 12u, d15);
  } else {
    store(b, i + 0u, at + 0u, d00); store(b, i + 0u, at + 4u, d01); store(b, i + 1u, at + 0u, d02); store(b, i + 1u, at + 4u, d03);
    store(b, i + 2u, at + 0u, d04); store(b, i + 2u, at + 4u, d05); store(b, i + 3u, at + 0u, d06); store(b, i + 3u, at + 4u, d07);
    store(b, i + 4u, at + 0u, d08); store(b, i + 4u, at + 4u, d09); store(b, i + 5u, at + 0u, d10); store(b, i + 5u, at + 4u, d11);
    store(b, i + 6u, at + 0u, d12); store(b, i + 6u, at + 4u, d13); store(b, i + 7u, at + 0u, d14); store(b, i + 7u, at + 4u, d15);
  }
}
