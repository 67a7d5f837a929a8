// y[b,o,v,u] = sum over the channels i and 3 x 3 taps of  x[b,i, v + ky - py, u + kx - px] w[o*wo + i*wi + 3 ky + kx]   (FLIP: w[.. + 8 - 3 ky - kx])
// x: act[B,I,H,W]   w: f32[O*I*9]   ->  y: act[B,O,OH,OW]
// Convolution with wo = 9 I, wi = 9; the gradient of its input with x = dy, wo = 9, wi = 9 O, FLIP and padding 2 - p: one kernel, two uses.
// grid [blocks/WG, O/8]: an invocation computes 8 channels x 4 rows x 4 columns in registers. A window of 6 x 6 pixels serves all taps, so per channel
// 108 floats are loaded for 1,152 multiply-adds: 11 a float, where an 8 x 8 tile of products has 4. Requires stride and dilation 1.
//#import act
//#import conv_block
override WG: u32 = 32u;
struct Params {
  B: u32, I: u32, H: u32, W: u32, O: u32, OH: u32, OW: u32, py: u32, px: u32, wo: u32, wi: u32, x0: u32, y0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<Act>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<Act>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let q = (wid.x + p.x0) * WG + lane;
  let o = (wid.y + p.y0) * 8u;
  let v = window_of(q);
  var low = min(o + vec4u(0u, 1u, 2u, 3u), vec4u(p.O - 1u)) * p.wo;
  var high = min(o + vec4u(4u, 5u, 6u, 7u), vec4u(p.O - 1u)) * p.wo;
  var at = v.image;
  var a00 = vec4f(); var a01 = vec4f(); var a02 = vec4f(); var a03 = vec4f();
  var a10 = vec4f(); var a11 = vec4f(); var a12 = vec4f(); var a13 = vec4f();
  var a20 = vec4f(); var a21 = vec4f(); var a22 = vec4f(); var a23 = vec4f();
  var a30 = vec4f(); var a31 = vec4f(); var a32 = vec4f(); var a33 = vec4f();
  var a40 = vec4f(); var a41 = vec4f(); var a42 = vec4f(); var a43 = vec4f();
  var a50 = vec4f(); var a51 = vec4f(); var a52 = vec4f(); var a53 = vec4f();
  var a60 = vec4f(); var a61 = vec4f(); var a62 = vec4f(); var a63 = vec4f();
  var a70 = vec4f(); var a71 = vec4f(); var a72 = vec4f(); var a73 = vec4f();
  for (var i = 0u; i < p.I; i++) {
    let w00 = taps(low.x, 0u); let w01 = taps(low.x, 1u); let w02 = taps(low.x, 2u);
    let w10 = taps(low.y, 0u); let w11 = taps(low.y, 1u); let w12 = taps(low.y, 2u);
    let w20 = taps(low.z, 0u); let w21 = taps(low.z, 1u); let w22 = taps(low.z, 2u);
    let w30 = taps(low.w, 0u); let w31 = taps(low.w, 1u); let w32 = taps(low.w, 2u);
    let w40 = taps(high.x, 0u); let w41 = taps(high.x, 1u); let w42 = taps(high.x, 2u);
    let w50 = taps(high.y, 0u); let w51 = taps(high.y, 1u); let w52 = taps(high.y, 2u);
    let w60 = taps(high.z, 0u); let w61 = taps(high.z, 1u); let w62 = taps(high.z, 2u);
    let w70 = taps(high.w, 0u); let w71 = taps(high.w, 1u); let w72 = taps(high.w, 2u);
    let r0 = row(v, at + v.top.x, v.top_mask.x);
    a00 += r0 * w00; a10 += r0 * w10; a20 += r0 * w20; a30 += r0 * w30; a40 += r0 * w40; a50 += r0 * w50; a60 += r0 * w60; a70 += r0 * w70;
    let r1 = row(v, at + v.top.y, v.top_mask.y);
    a01 += r1 * w00; a11 += r1 * w10; a21 += r1 * w20; a31 += r1 * w30; a41 += r1 * w40; a51 += r1 * w50; a61 += r1 * w60; a71 += r1 * w70;
    a00 += r1 * w01; a10 += r1 * w11; a20 += r1 * w21; a30 += r1 * w31; a40 += r1 * w41; a50 += r1 * w51; a60 += r1 * w61; a70 += r1 * w71;
    let r2 = row(v, at + v.top.z, v.top_mask.z);
    a02 += r2 * w00; a12 += r2 * w10; a22 += r2 * w20; a32 += r2 * w30; a42 += r2 * w40; a52 += r2 * w50; a62 += r2 * w60; a72 += r2 * w70;
    a01 += r2 * w01; a11 += r2 * w11; a21 += r2 * w21; a31 += r2 * w31; a41 += r2 * w41; a51 += r2 * w51; a61 += r2 * w61; a71 += r2 * w71;
    a00 += r2 * w02; a10 += r2 * w12; a20 += r2 * w22; a30 += r2 * w32; a40 += r2 * w42; a50 += r2 * w52; a60 += r2 * w62; a70 += r2 * w72;
    let r3 = row(v, at + v.top.w, v.top_mask.w);
    a03 += r3 * w00; a13 += r3 * w10; a23 += r3 * w20; a33 += r3 * w30; a43 += r3 * w40; a53 += r3 * w50; a63 += r3 * w60; a73 += r3 * w70;
    a02 += r3 * w01; a12 += r3 * w11; a22 += r3 * w21; a32 += r3 * w31; a42 += r3 * w41; a52 += r3 * w51; a62 += r3 * w61; a72 += r3 * w71;
    a01 += r3 * w02; a11 += r3 * w12; a21 += r3 * w22; a31 += r3 * w32; a41 += r3 * w42; a51 += r3 * w52; a61 += r3 * w62; a71 += r3 * w72;
    let r4 = row(v, at + v.low.x, v.low_mask.x);
    a03 += r4 * w01; a13 += r4 * w11; a23 += r4 * w21; a33 += r4 * w31; a43 += r4 * w41; a53 += r4 * w51; a63 += r4 * w61; a73 += r4 * w71;
    a02 += r4 * w02; a12 += r4 * w12; a22 += r4 * w22; a32 += r4 * w32; a42 += r4 * w42; a52 += r4 * w52; a62 += r4 * w62; a72 += r4 * w72;
    let r5 = row(v, at + v.low.y, v.low_mask.y);
    a03 += r5 * w02; a13 += r5 * w12; a23 += r5 * w22; a33 += r5 * w32; a43 += r5 * w42; a53 += r5 * w52; a63 += r5 * w62; a73 += r5 * w72;
    at += p.H * p.W;
    low += p.wi; high += p.wi;
  }
  let to = place_of(q);
  store(to, o + 0u, a00, a01, a02, a03);
  store(to, o + 1u, a10, a11, a12, a13);
  store(to, o + 2u, a20, a21, a22, a23);
  store(to, o + 3u, a30, a31, a32, a33);
  store(to, o + 4u, a40, a41, a42, a43);
  store(to, o + 5u, a50, a51, a52, a53);
  store(to, o + 6u, a60, a61, a62, a63);
  store(to, o + 7u, a70, a71, a72, a73);
}
