// Convolutions along one axis whose windows are twice as long as their stride, 2 or 4, and reach half a stride beyond either end (the layers of
// the audio encoder). Everything lies in fours that are aligned: a window begins in the middle of one (stride 4) or with the last number of one
// (stride 2), so that a step loads each number once and not once a tap.
override STRIDE: u32 = 4u;

/// Fours of taps in a window.
fn tap_fours() -> u32 { return STRIDE / 2u; }

// Stride 4: taps 0 to 3 of four windows, a tap a column; of the fours a to e the second holds the middle of the first window. Taps 4 to 7 are
// the same from b on.
fn taps_of_4(a: vec4f, b: vec4f, c: vec4f, d: vec4f, e: vec4f) -> mat4x4f {
  return mat4x4f(vec4f(a.z, b.z, c.z, d.z), vec4f(a.w, b.w, c.w, d.w), vec4f(b.x, c.x, d.x, e.x), vec4f(b.y, c.y, d.y, e.y));
}

// Stride 2: all taps of four windows, which begin in b and c.
fn taps_of_2(a: f32, b: vec4f, c: vec4f, d: f32) -> mat4x4f {
  return mat4x4f(vec4f(a, b.y, b.w, c.y), vec4f(b.x, b.z, c.x, c.z), vec4f(b.y, b.w, c.y, c.w), vec4f(b.z, c.x, c.z, d));
}

// The way back, stride 4: what one channel's taps (0 to 3 in u, 4 to 7 in v) make of the gradients g of four windows, and of the one before and
// after them, at the four fours of numbers in the middle of those windows.
fn spread_of_4(u: vec4f, v: vec4f, before: f32, g: vec4f, after: f32) -> mat4x4f {
  let near = u.zwxy;
  let far = v.zwxy;
  return mat4x4f(
    near * vec4f(g.xx, g.yy) + far * vec4f(before, before, g.xx), near * vec4f(g.yy, g.zz) + far * vec4f(g.xx, g.yy),
    near * vec4f(g.zz, g.ww) + far * vec4f(g.yy, g.zz), near * vec4f(g.ww, after, after) + far * vec4f(g.zz, g.ww),
  );
}

// Stride 2: the same for the two times four windows g and h.
fn spread_of_2(u: vec4f, before: f32, g: vec4f, h: vec4f, after: f32) -> mat4x4f {
  let near = u.yxyx;
  let far = u.wzwz;
  return mat4x4f(
    near * vec4f(g.x, g.yy, g.z) + far * vec4f(before, g.xx, g.y), near * vec4f(g.z, g.ww, h.x) + far * vec4f(g.y, g.zz, g.w),
    near * vec4f(h.x, h.yy, h.z) + far * vec4f(g.w, h.xx, h.y), near * vec4f(h.z, h.ww, after) + far * vec4f(h.y, h.zz, h.w),
  );
}
