// Functions that keep their relative accuracy where the obvious formula cancels (late in training 1 - p is 1e-5, not 0).

// The mask of a score that must not count. Finite on purpose: WGSL compilers may assume that there is no infinity.
const MASKED: f32 = -1e30;

// Bit test: comparisons with NaN are unreliable in WGSL.
fn finite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}

// log(1 + x) for x >= -1/2. Up to 1 as 2 atanh(x / (2 + x)), a series in z^2 <= 1/9 whose first term left out is 1e-9 of the sum.
fn log1p(x: f32) -> f32 {
  if (x > 1.0) { return log(1.0 + x); }
  let z = x / (2.0 + x);
  let y = z * z;
  return 2.0 * z * (1.0 + y * (1.0 / 3.0 + y * (0.2 + y * (1.0 / 7.0 + y * (1.0 / 9.0
    + y * (1.0 / 11.0 + y * (1.0 / 13.0 + y * (1.0 / 15.0))))))));
}

// log(1 + exp(x)): accurate to the last digits for x << 0, where it is about exp(x).
fn softplus(x: f32) -> f32 {
  return max(x, 0.0) + log1p(exp(-abs(x)));
}

// 1 / (1 + exp(-x)); sigmoid(-x) is 1 - sigmoid(x) without the subtraction.
fn sigmoid(x: f32) -> f32 {
  let e = exp(-abs(x));
  return select(e, 1.0, x >= 0.0) / (1.0 + e);
}

// log(exp(a) + exp(b)).
fn log_add(a: f32, b: f32) -> f32 {
  return max(a, b) + log1p(exp(-abs(a - b)));
}
