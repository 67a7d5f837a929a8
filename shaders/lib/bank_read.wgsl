// The numbers 4 at to 4 at + 3 of a memory bank, rows one after the other. As it stands: f32 in one binding. For a bank in halves, or over several
// bindings, src/gpu/layout.ts rewrites the statement and the declaration of `bank`, so that the kernels know nothing of either.
// The importing kernel declares bank: array<vec4<f32>>.
//#import half

fn bank_read(at: u32) -> vec4<f32> {
  return bank[at];
}
