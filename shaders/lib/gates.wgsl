// What the gates of a recurrent layer are made of. Neither overflows: e is in (0, 1].

// 1 / (1 + exp(-x)).
fn gate(x: vec4f) -> vec4f {
  let e = exp(-abs(x));
  return select(e, vec4f(1.0), x >= vec4f(0.0)) / (1.0 + e);
}

// tanh(x). The builtin may be a quotient of exponentials, which is NaN for large x on some drivers.
fn squash(x: vec4f) -> vec4f {
  let e = exp(-2.0 * abs(x));
  return sign(x) * (1.0 - e) / (1.0 + e);
}
