// What the vectorised matrix products share. A and B lie in rows of vec4; TA and TB say that the rows are those of the transpose.
// The importing kernel declares Params p with M, N and K, and the binding b as vec4.
//#import product_store
override TA: bool = false;
override TB: bool = false;

// Between the four vectors of a block of B, and from one block to that of the next four terms.
fn b_stride() -> u32 { return select(p.N, p.K, TB) / 4u; }
fn b_step() -> u32 { return select(p.N, 1u, TB); }

// Where the block of the four columns 4j to 4j + 3 starts. Past the last column: the last block again, whose result is not stored.
fn b_start(j: u32) -> u32 {
  let column = min(j, p.N / 4u - 1u);
  return select(column, column * p.K, TB);
}

// Four terms of four columns: the first column of the matrix is the first term of all of them.
fn b_block(at: u32, stride: u32) -> mat4x4f {
  let m = mat4x4f(b[at], b[at + stride], b[at + 2u * stride], b[at + 3u * stride]);
  if (TB) { return transpose(m); }
  return m;
}
