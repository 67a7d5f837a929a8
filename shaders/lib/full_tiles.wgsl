// What the forms of the full softmax in two products share: first the weights exp(s - m), a tile of bank rows at a time, then their products with
// the rows. The importing kernel declares Params p with N, D, per, split0, and LANES.
//#import stable
//#import bank_read

// Where four rows of a bank that starts at row `first` begin. Rows past the last stand for it: their weights are 0.
fn starts(first: u32, row: u32) -> vec4u {
  return (first + min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(p.N - 1u))) * (p.D / 4u);
}

fn four(at: vec4u) -> mat4x4f {
  return mat4x4f(bank_read(at.x), bank_read(at.y), bank_read(at.z), bank_read(at.w));
}

// The last row of a split, and one.
fn end_of(split: u32) -> u32 {
  return min((p.split0 + split + 1u) * p.per, p.N);
}
