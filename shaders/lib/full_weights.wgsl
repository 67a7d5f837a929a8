// From the products of four anchors with four bank rows to their weights: masks, maxima, exponentials. An anchor a column of each matrix.
//#import full_tiles

// Scores; the positives and rows from `end` on masked.
fn masked(dots: mat4x4f, row: u32, end: u32, own: vec4u) -> mat4x4f {
  let rows = vec4u(row, row + 1u, row + 2u, row + 3u);
  let past = rows >= vec4u(end);
  let none = vec4f(MASKED);
  return mat4x4f(
    select(dots[0] * p.inv_tau, none, past | (rows == vec4u(own.x))), select(dots[1] * p.inv_tau, none, past | (rows == vec4u(own.y))),
    select(dots[2] * p.inv_tau, none, past | (rows == vec4u(own.z))), select(dots[3] * p.inv_tau, none, past | (rows == vec4u(own.w))),
  );
}

fn highest(s: vec4f) -> f32 { return max(max(s.x, s.y), max(s.z, s.w)); }
fn maxima(s: mat4x4f) -> vec4f { return vec4f(highest(s[0]), highest(s[1]), highest(s[2]), highest(s[3])); }

fn weight(s: vec4f, m: f32) -> vec4f { return select(exp(s - m), vec4f(0.0), s == vec4f(MASKED)); }
fn weights_of(s: mat4x4f, m: vec4f) -> mat4x4f { return mat4x4f(weight(s[0], m.x), weight(s[1], m.y), weight(s[2], m.z), weight(s[3], m.w)); }
fn sums(e: mat4x4f) -> vec4f { return vec4f(1.0) * e; }

// The positives of four anchors.
fn positives(anchor: u32) -> vec4u {
  let last = p.B - 1u;
  return vec4u(index[min(anchor, last)], index[min(anchor + 1u, last)], index[min(anchor + 2u, last)], index[min(anchor + 3u, last)]);
}
