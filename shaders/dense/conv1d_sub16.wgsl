// y[b,o,t] = sum_{i,k} x[b,i, STRIDE t + k - STRIDE/2] w[o,i,k],  0 <= k < 2 STRIDE     conv2d.wgsl of height 1 for such windows (lib/half_windows)
// x: f32[B,I,W]   w: f32[O,I*W/OW*2]   ->  y: f32[B,O,OW]
// grid [B*OW/(16*WG), O/16]: 16 output channels x 16 steps a lane. All lanes of a workgroup have the same channels, so a lane loads the weights of
// four of them, and the others get them by broadcast. With stride 4, per channel and 2,048 multiply-adds, 18 vec4 of x and 8 of w are loaded, 13
// multiply-adds a float where conv2d_sub16 has 7 (reading/kernels.md 0: on SwiftShader a load costs 35).
// Requires STRIDE 2 or 4, W = STRIDE * OW, OW % 4 = 0, and at least four lanes in a subgroup.
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

// Four taps of four channels from the lanes that loaded one channel each, a channel a column.
fn weights(at: u32) -> mat4x4f {
  let own = w[at];
  return mat4x4f(subgroupBroadcast(own, 0u), subgroupBroadcast(own, 1u), subgroupBroadcast(own, 2u), subgroupBroadcast(own, 3u));
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
  let tiles = (p.OW + 15u) / 16u; // of a sequence
  let tile = (wid.x + p.x0) * WG + lane;
  let b = tile / tiles;
  let step = tile % tiles * 4u; // in fours
  let o = (wid.y + p.y0) * 16u;
  let first = step * STRIDE;
  let mine = min(o + (sub & 3u) + vec4u(0u, 4u, 8u, 12u), vec4u(p.O - 1u)) * (p.I * tap_fours()); // weights of this lane's channels
  var k = 0u;
  var plane = min(b, p.B - 1u) * p.I * (p.W / 4u);
  var c00 = mat4x4f(); var c01 = mat4x4f(); var c02 = mat4x4f(); var c03 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f(); var c12 = mat4x4f(); var c13 = mat4x4f();
  var c20 = mat4x4f(); var c21 = mat4x4f(); var c22 = mat4x4f(); var c23 = mat4x4f();
  var c30 = mat4x4f(); var c31 = mat4x4f(); var c32 = mat4x4f(); var c33 = mat4x4f();
  for (var i = 0u; i < p.I; i++) {
    if (STRIDE == 4u) {
      let b00 = four(plane, first - 1u); let b01 = four(plane, first); let b02 = four(plane, first + 1u); let b03 = four(plane, first + 2u);
      let b04 = four(plane, first + 3u); let b05 = four(plane, first + 4u); let b06 = four(plane, first + 5u); let b07 = four(plane, first + 6u);
      let b08 = four(plane, first + 7u); let b09 = four(plane, first + 8u); let b10 = four(plane, first + 9u); let b11 = four(plane, first + 10u);
      let b12 = four(plane, first + 11u); let b13 = four(plane, first + 12u); let b14 = four(plane, first + 13u); let b15 = four(plane, first + 14u);
      let b16 = four(plane, first + 15u); let b17 = four(plane, first + 16u);
      let l0 = taps_of_4(b00, b01, b02, b03, b04); let h0 = taps_of_4(b01, b02, b03, b04, b05);
      let l1 = taps_of_4(b04, b05, b06, b07, b08); let h1 = taps_of_4(b05, b06, b07, b08, b09);
      let l2 = taps_of_4(b08, b09, b10, b11, b12); let h2 = taps_of_4(b09, b10, b11, b12, b13);
      let l3 = taps_of_4(b12, b13, b14, b15, b16); let h3 = taps_of_4(b13, b14, b15, b16, b17);
      let lw0 = weights(mine.x + k);
      c00 += l0 * lw0; c01 += l1 * lw0; c02 += l2 * lw0; c03 += l3 * lw0;
      let lw1 = weights(mine.y + k);
      c10 += l0 * lw1; c11 += l1 * lw1; c12 += l2 * lw1; c13 += l3 * lw1;
      let lw2 = weights(mine.z + k);
      c20 += l0 * lw2; c21 += l1 * lw2; c22 += l2 * lw2; c23 += l3 * lw2;
      let lw3 = weights(mine.w + k);
      c30 += l0 * lw3; c31 += l1 * lw3; c32 += l2 * lw3; c33 += l3 * lw3;
      let hw0 = weights(mine.x + k + 1u);
      c00 += h0 * hw0; c01 += h1 * hw0; c02 += h2 * hw0; c03 += h3 * hw0;
      let hw1 = weights(mine.y + k + 1u);
      c10 += h0 * hw1; c11 += h1 * hw1; c12 += h2 * hw1; c13 += h3 * hw1;
      let hw2 = weights(mine.z + k + 1u);
      c20 += h0 * hw2; c21 += h1 * hw2; c22 += h2 * hw2; c23 += h3 * hw2;
      let hw3 = weights(mine.w + k + 1u);
      c30 += h0 * hw3; c31 += h1 * hw3; c32 += h2 * hw3; c33 += h3 * hw3;
    } else {
      let b00 = last_of(plane, first - 1u); let b09 = first_of(plane, first + 8u);
      let b01 = four(plane, first); let b02 = four(plane, first + 1u); let b03 = four(plane, first + 2u); let b04 = four(plane, first + 3u);
      let b05 = four(plane, first + 4u); let b06 = four(plane, first + 5u); let b07 = four(plane, first + 6u); let b08 = four(plane, first + 7u);
      let t0 = taps_of_2(b00, b01, b02, b03.x);
      let t1 = taps_of_2(b02.w, b03, b04, b05.x);
      let t2 = taps_of_2(b04.w, b05, b06, b07.x);
      let t3 = taps_of_2(b06.w, b07, b08, b09);
      let tw0 = weights(mine.x + k);
      c00 += t0 * tw0; c01 += t1 * tw0; c02 += t2 * tw0; c03 += t3 * tw0;
      let tw1 = weights(mine.y + k);
      c10 += t0 * tw1; c11 += t1 * tw1; c12 += t2 * tw1; c13 += t3 * tw1;
      let tw2 = weights(mine.z + k);
      c20 += t0 * tw2; c21 += t1 * tw2; c22 += t2 * tw2; c23 += t3 * tw2;
      let tw3 = weights(mine.w + k);
      c30 += t0 * tw3; c31 += t1 * tw3; c32 += t2 * tw3; c33 += t3 * tw3;
    }
    k += tap_fours();
    plane += p.W / 4u;
  }
  store(b, o + 0u, step, c00); store(b, o + 0u, step + 1u, c01); store(b, o + 0u, step + 2u, c02); store(b, o + 0u, step + 3u, c03);
  store(b, o + 4u, step, c10); store(b, o + 4u, step + 1u, c11); store(b, o + 4u, step + 2u, c12); store(b, o + 4u, step + 3u, c13);
  store(b, o + 8u, step, c20); store(b, o + 8u, step + 1u, c21); store(b, o + 8u, step + 2u, c22); store(b, o + 8u, step + 3u, c23);
  store(b, o + 12u, step, c30); store(b, o + 12u, step + 1u, c31); store(b, o + 12u, step + 2u, c32); store(b, o + 12u, step + 3u, c33);
}
