// Where matrix products put their sums. The importing kernel declares Params p with M and N, and the binding c as vec4.

// Four rows of C, from `row` on, in the four columns from 4j on.
fn store_block(row: u32, j: u32, m: mat4x4f) {
  let n = p.N / 4u;
  if (j >= n) { return; }
  for (var r = 0u; r < 4u; r++) {
    if (row + r < p.M) { c[(row + r) * n + j] = m[r]; }
  }
}
