// Weights of a convolution's output channel. The importing kernel declares Params p.

// Four weights: their input channel's plane, and how far their tap reaches from the window's corner.
struct Weights { plane: vec4u, row: vec4i, column: vec4i }

fn weights_of(k: vec4u) -> Weights {
  let weight = min(k, vec4u(p.I * p.KH * p.KW - 1u));
  let line = weight / p.KW;
  let row = vec4i(line % p.KH * p.dy) - i32(p.py);
  return Weights(line / p.KH * (p.H * p.W), row, vec4i((weight % p.KW) * p.dx) - i32(p.px));
}
