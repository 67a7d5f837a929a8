// Windows of a convolution's pixels. The importing kernel declares Params p.

// Where the windows of four pixels start: the image, and the top left corner (which may lie outside).
struct Window { image: vec4u, row: vec4i, column: vec4i }

fn window(q: vec4u) -> Window {
  let pixel = min(q, vec4u(p.B * p.OH * p.OW - 1u));
  let line = pixel / p.OW;
  let row = vec4i(line % p.OH * p.sy) - i32(p.py);
  return Window(line / p.OH * (p.I * p.H * p.W), row, vec4i((pixel % p.OW) * p.sx) - i32(p.px));
}
