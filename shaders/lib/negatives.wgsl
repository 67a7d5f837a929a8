// Negatives of an anchor as a function of (seed, step, anchor, k): uniform, with replacement, the anchor's own row left out
// unless `keep`. Wu et al. 2018 draw from 1/N; the published code keeps the positive. The twin is src/bank/draw.ts.
//#import random

// The negatives 4 * quad to 4 * quad + 3 of anchor `b`, whose own row is `y`, among `rows` rows (at least two unless `keep`).
fn draw_negatives(seed: u32, step: u32, b: u32, quad: u32, y: u32, rows: u32, keep: bool) -> vec4<u32> {
  let bits = random_vec4(random_stream(seed, PURPOSE_NEGATIVES), step, b, quad);
  let n = select(rows - 1u, rows, keep);
  let j = vec4<u32>(index_below(bits.x, n), index_below(bits.y, n), index_below(bits.z, n), index_below(bits.w, n));
  return j + select(vec4<u32>(0u), vec4<u32>(1u), (j >= vec4<u32>(y)) & vec4<bool>(!keep));
}
